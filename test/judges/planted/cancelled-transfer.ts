// A USB transfer that both its cancellation and its completion free: each looks under the lock, and frees outside.

import { B_OK, mutex, reference, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Transfer = struct("usb_transfer", { length: uint32() });
const Endpoint = struct("usb_endpoint", {
  lock: mutex("endpoint lock"),
  transfer: reference<InstanceOf<typeof Transfer>>(),
});
type Endpoint = InstanceOf<typeof Endpoint>;

export const cancelledTransfer: PlantedDriver = {
  fault: "a transfer that two ways out free",
  judge: "double-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Endpoint, { transfer: kernel.heap.new(Transfer) });
        },
        *free(endpoint: Endpoint) {
          kernel.heap.delete(endpoint.transfer);
          kernel.heap.delete(endpoint);
          return B_OK;
        },
        *ioctl(endpoint: Endpoint) {
          yield* endpoint.lock.lock();
          const { transfer } = endpoint;
          if (isFixed) endpoint.transfer = null;
          endpoint.lock.unlock();
          kernel.heap.delete(transfer); // named
          yield* endpoint.lock.lock();
          endpoint.transfer = null;
          endpoint.lock.unlock();
          return B_OK;
        },
      })),
      (app, fd) => ({
        cancel: () => app.ioctl(fd, 1, null),
        complete: () => app.ioctl(fd, 2, null),
      }),
    ),
};
