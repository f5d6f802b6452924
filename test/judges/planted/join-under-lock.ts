// close waits for the worker's end with the lock held that the worker needs for its last look.

import { B_OK, bool, mutex, reference, struct, type InstanceOf, type Thread } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("cookie", { lock: mutex("cookie lock"), closing: bool(), worker: reference<Thread>() });
type Cookie = InstanceOf<typeof Cookie>;

export const joinUnderLock: PlantedDriver = {
  fault: "a join with the lock held that the other needs",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          const cookie = kernel.heap.new(Cookie);
          cookie.worker = kernel.spawn("worker", function* work() {
            for (;;) {
              yield* cookie.lock.lock(); // named
              const { closing } = cookie;
              cookie.lock.unlock();
              if (closing) return;
              yield* kernel.snooze(5_000);
            }
          });
          return cookie;
        },
        *close(cookie: Cookie) {
          yield* cookie.lock.lock(); // named
          cookie.closing = true;
          if (isFixed) cookie.lock.unlock();
          if (cookie.worker !== null) yield* kernel.waitForThread(cookie.worker); // named
          if (!isFixed) cookie.lock.unlock();
          return B_OK;
        },
        *free(cookie: Cookie) {
          kernel.heap.delete(cookie);
          return B_OK;
        },
      })),
      (app, fd) => ({ closer: () => app.close(fd) }),
    ),
};
