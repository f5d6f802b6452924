// A write that takes a transmit slot and does not give it back when the frame is too long.

import { B_BAD_VALUE, B_OK, pointer, Semaphore, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Transmitter = struct("transmitter", { slots: pointer<Semaphore>() });
type Transmitter = InstanceOf<typeof Transmitter>;

export const lostCredit: PlantedDriver = {
  fault: "an error path that keeps a semaphore's count",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Transmitter, { slots: new Semaphore(kernel, 1, "transmit slots") });
        },
        *free(transmitter: Transmitter) {
          yield* transmitter.slots.delete();
          kernel.heap.delete(transmitter);
          return B_OK;
        },
        *write({ slots }: Transmitter, _position, buffer) {
          yield* slots.acquire(); // named
          if (buffer.length > 4) {
            if (isFixed) yield* slots.release();
            return B_BAD_VALUE;
          }
          yield* slots.release();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        long: () => app.write(fd, new Uint8Array(5)),
        short: () => app.write(fd, new Uint8Array(4)),
      }),
    ),
};
