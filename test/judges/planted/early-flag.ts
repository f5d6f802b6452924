// The interrupt side sets its flag and notifies without the lock that the waiter tests under.

import { B_OK, bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Transfer = struct("transfer", {
  lock: mutex("transfer lock"),
  done: bool(),
  finished: conditionVariable("finished"),
});
type Transfer = InstanceOf<typeof Transfer>;

export const earlyFlag: PlantedDriver = {
  fault: "a flag and a notify without the lock",
  judge: "lost-wakeup",
  beside: ["data-race"],
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Transfer);
        },
        *free(transfer: Transfer) {
          kernel.heap.delete(transfer);
          return B_OK;
        },
        *read(transfer: Transfer) {
          const { lock } = transfer;
          yield* lock.lock();
          while (!transfer.done) yield* transfer.finished.wait(lock); // named
          lock.unlock();
          return 0;
        },
        *ioctl(transfer: Transfer) {
          if (isFixed) yield* transfer.lock.lock();
          transfer.done = true; // named
          // A notify after the unlock is right, too.
          if (isFixed) transfer.lock.unlock();
          yield* transfer.finished.notifyAll(); // named
          return B_OK;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        interrupt: () => app.ioctl(fd, 1, null),
      }),
    ),
};
