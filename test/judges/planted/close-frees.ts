// The close hook deletes the cookie while a read is still inside.

import { B_FILE_ERROR, B_OK, bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("pipe_cookie", {
  lock: mutex("pipe lock"),
  closing: bool(),
  readable: conditionVariable("readable"),
});
type Cookie = InstanceOf<typeof Cookie>;

export const closeFrees: PlantedDriver = {
  fault: "close deletes what read still uses",
  judge: "use-after-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Cookie); // named
        },
        *close(cookie: Cookie) {
          yield* cookie.lock.lock();
          cookie.closing = true;
          yield* cookie.readable.notifyAll(B_FILE_ERROR);
          cookie.lock.unlock();
          if (!isFixed) kernel.heap.delete(cookie); // named
          return B_OK;
        },
        *free(cookie: Cookie) {
          if (isFixed) kernel.heap.delete(cookie);
          return B_OK;
        },
        *read(cookie: Cookie) {
          using _ = yield* cookie.lock.guard();
          while (!cookie.closing) yield* cookie.readable.wait(cookie.lock);
          return B_FILE_ERROR;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        closer: () => app.close(fd),
      }),
    ),
};
