// A write fills a slot, and notifies the variable on which writers wait.

import { conditionVariable, int32, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const EMPTY = -1;
const Slot = struct("slot", {
  lock: mutex("slot lock"),
  byte: int32(),
  readable: conditionVariable("slot readable"),
  writable: conditionVariable("slot writable"),
});
type Slot = InstanceOf<typeof Slot>;

export const wrongVariable: PlantedDriver = {
  fault: "a notify of the wrong condition variable",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Slot, { byte: EMPTY });
        },
        *read(slot: Slot) {
          using _ = yield* slot.lock.guard();
          while (slot.byte === EMPTY) yield* slot.readable.wait(slot.lock); // named
          slot.byte = EMPTY;
          yield* slot.writable.notifyOne();
          return 1;
        },
        *write(slot: Slot) {
          using _ = yield* slot.lock.guard();
          while (slot.byte !== EMPTY) yield* slot.writable.wait(slot.lock);
          slot.byte = 3; // named
          if (isFixed) yield* slot.readable.notifyOne();
          else yield* slot.writable.notifyOne(); // named
          return 1;
        },
        *free(slot: Slot) {
          kernel.heap.delete(slot);
          return 0;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
