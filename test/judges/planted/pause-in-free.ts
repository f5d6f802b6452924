// free gives the worker a moment to leave, and then deletes what it uses.

import { B_OK, bool, mutex, reference, struct, type InstanceOf, type Thread } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("worker_cookie", { lock: mutex("worker lock"), closing: bool(), worker: reference<Thread>() });
type Cookie = InstanceOf<typeof Cookie>;

export const pauseInFree: PlantedDriver = {
  fault: "a snooze instead of a join",
  judge: "false-cure",
  beside: ["use-after-free"],
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          const cookie = kernel.heap.new(Cookie);
          cookie.worker = kernel.spawn("worker", function* work() {
            for (;;) {
              yield* cookie.lock.lock();
              const { closing } = cookie;
              cookie.lock.unlock();
              if (closing) return;
              yield* kernel.snooze(3_000);
            }
          });
          return cookie;
        },
        *free(cookie: Cookie) {
          yield* cookie.lock.lock();
          cookie.closing = true;
          cookie.lock.unlock();
          if (isFixed && cookie.worker !== null) yield* kernel.waitForThread(cookie.worker);
          if (!isFixed) yield* kernel.snooze(10_000); // named
          kernel.heap.delete(cookie);
          return B_OK;
        },
      })),
      (app, fd) => ({ closer: () => app.close(fd) }),
    ),
};
