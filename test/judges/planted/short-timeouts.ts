// A worker that waits with a timeout of fifty microseconds, over and over, instead of being told.

import { B_OK, B_RELATIVE_TIMEOUT, bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Work = struct("work", { lock: mutex("work lock"), ready: bool(), added: conditionVariable("work added") });
type Work = InstanceOf<typeof Work>;

export const shortTimeouts: PlantedDriver = {
  fault: "a wait with a short timeout in a loop",
  judge: "polling",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Work);
        },
        *free(work: Work) {
          kernel.heap.delete(work);
          return B_OK;
        },
        *read(work: Work) {
          using _ = yield* work.lock.guard();
          while (!work.ready)
            if (isFixed) yield* work.added.wait(work.lock);
            else yield* work.added.wait(work.lock, B_RELATIVE_TIMEOUT, 50); // named
          return 1;
        },
        *ioctl(work: Work) {
          yield* kernel.snooze(2_000);
          using _ = yield* work.lock.guard();
          work.ready = true;
          if (isFixed) yield* work.added.notifyAll();
          return B_OK;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        adder: () => app.ioctl(fd, 1, null),
      }),
    ),
};
