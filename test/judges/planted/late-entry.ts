// A waiter that adds its entry only after it has given its lock back: a notify in between finds nobody.

import { B_OK, bool, ConditionVariableEntry, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Job = struct("job", { lock: mutex("job lock"), done: bool(), finished: conditionVariable("job finished") });
type Job = InstanceOf<typeof Job>;

export const lateEntry: PlantedDriver = {
  fault: "an entry that is added after the unlock",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Job);
        },
        *free(job: Job) {
          kernel.heap.delete(job);
          return B_OK;
        },
        *read(job: Job) {
          yield* job.lock.lock();
          while (!job.done) {
            const entry = new ConditionVariableEntry();
            if (isFixed) yield* job.finished.add(entry);
            job.lock.unlock();
            if (!isFixed) yield* job.finished.add(entry);
            yield* entry.wait(); // named
            yield* job.lock.lock();
          }
          job.lock.unlock();
          return 0;
        },
        *ioctl(job: Job) {
          using _ = yield* job.lock.guard();
          job.done = true; // named
          yield* job.finished.notifyAll(); // named
          return B_OK;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        finisher: () => app.ioctl(fd, 1, null),
      }),
    ),
};
