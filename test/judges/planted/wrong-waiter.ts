// One condition variable for readers and writers, and a notify that wakes only one of them: it may be the wrong one.

import { B_OK, conditionVariable, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Slot = struct("slot", { lock: mutex("slot lock"), full: uint32(), changed: conditionVariable("changed") });
type Slot = InstanceOf<typeof Slot>;

export const wrongWaiter: PlantedDriver = {
  fault: "a notify that wakes one who cannot go on",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Slot);
        },
        *free(slot: Slot) {
          kernel.heap.delete(slot);
          return B_OK;
        },
        *read(slot: Slot) {
          using _ = yield* slot.lock.guard();
          while (slot.full === 0) yield* slot.changed.wait(slot.lock); // named
          slot.full = 0;
          if (isFixed) yield* slot.changed.notifyAll();
          else yield* slot.changed.notifyOne();
          return 1;
        },
        *write(slot: Slot, _position, buffer) {
          using _ = yield* slot.lock.guard();
          while (slot.full !== 0) yield* slot.changed.wait(slot.lock);
          slot.full = 1;
          if (isFixed) yield* slot.changed.notifyAll();
          else yield* slot.changed.notifyOne();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        readerOne: () => app.read(fd, new Uint8Array(1)),
        readerTwo: () => app.read(fd, new Uint8Array(1)),
        writerOne: () => app.write(fd, new Uint8Array(1)),
        writerTwo: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
