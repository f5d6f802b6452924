// A worker clears its flag after the work, and not when it takes it: what was asked of it meanwhile is forgotten.

import { bool, conditionVariable, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Codec = struct("codec", {
  lock: mutex("codec lock"),
  pending: bool(),
  asked: uint32(),
  done: uint32(),
  work: conditionVariable("codec work"),
  finished: conditionVariable("codec finished"),
});
type Codec = InstanceOf<typeof Codec>;

export const flagClearedLate: PlantedDriver = {
  fault: "a flag that is cleared after the work",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const codec = kernel.heap.new(Codec);
        kernel.spawn(
          "codec worker",
          function* serve() {
            for (;;) {
              yield* codec.lock.lock();
              while (!codec.pending) yield* codec.work.wait(codec.lock); // named
              if (isFixed) codec.pending = false;
              const upTo = codec.asked;
              codec.lock.unlock();
              yield* codec.lock.lock();
              codec.done = upTo;
              if (!isFixed) codec.pending = false; // named
              yield* codec.finished.notifyAll();
              codec.lock.unlock();
            }
          },
          { daemon: true },
        );
        return {
          *open() {
            return codec;
          },
          *ioctl(given: Codec) {
            using _ = yield* given.lock.guard();
            const mine = ++given.asked;
            given.pending = true; // named
            yield* given.work.notifyOne();
            while (given.done < mine) yield* given.finished.wait(given.lock);
            return 0;
          },
        };
      }),
      (app, fd) => ({ one: () => app.ioctl(fd, 1), two: () => app.ioctl(fd, 1) }),
    ),
};
