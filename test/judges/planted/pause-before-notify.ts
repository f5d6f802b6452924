// close sleeps a little, so that readers have begun to wait, and notifies without the lock.

import { atomically, B_FILE_ERROR, B_OK, bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("cookie", {
  lock: mutex("cookie lock"),
  closing: atomically(bool()),
  readable: conditionVariable("readable"),
});
type Cookie = InstanceOf<typeof Cookie>;

export const pauseBeforeNotify: PlantedDriver = {
  fault: "a snooze that gives the waiter time to wait",
  judge: "lost-wakeup",
  beside: ["false-cure"],
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Cookie);
        },
        *free(cookie: Cookie) {
          kernel.heap.delete(cookie);
          return B_OK;
        },
        *close(cookie: Cookie) {
          if (isFixed) yield* cookie.lock.lock();
          cookie.closing = true; // named
          if (!isFixed) yield* kernel.snooze(100);
          yield* cookie.readable.notifyAll(); // named
          if (isFixed) cookie.lock.unlock();
          return B_OK;
        },
        *read(cookie: Cookie) {
          using _ = yield* cookie.lock.guard();
          while (!cookie.closing) yield* cookie.readable.wait(cookie.lock); // named
          return B_FILE_ERROR;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        closer: () => app.close(fd),
      }),
    ),
};
