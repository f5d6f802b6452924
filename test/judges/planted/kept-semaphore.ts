// Each write makes a semaphore to wait on and forgets it when the work was done at once.

import { B_OK, pointer, Semaphore, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("cookie", { sent: pointer<Semaphore>() });
type Cookie = InstanceOf<typeof Cookie>;

export const keptSemaphore: PlantedDriver = {
  fault: "a semaphore that nobody deletes",
  judge: "leak",
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
        *write(_cookie: Cookie, _position, buffer) {
          const done = new Semaphore(kernel, 0, "write done"); // named
          yield* done.release();
          yield* done.acquire();
          if (isFixed) yield* done.delete();
          return buffer.length;
        },
      })),
      (app, fd) => ({ writer: () => app.write(fd, new Uint8Array(1)) }),
    ),
};
