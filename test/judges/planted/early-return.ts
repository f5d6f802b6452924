// A non-blocking read returns with the lock held when there is nothing to read.

import { B_OK, B_WOULD_BLOCK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("cookie", { lock: mutex("cookie lock"), count: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

export const earlyReturn: PlantedDriver = {
  fault: "a way out that does not unlock",
  judge: "lock-held",
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
        *read(cookie: Cookie) {
          yield* cookie.lock.lock(); // named
          if (cookie.count === 0) {
            if (isFixed) cookie.lock.unlock();
            return B_WOULD_BLOCK;
          }
          cookie.count--;
          cookie.lock.unlock();
          return 1;
        },
      })),
      (app, fd) => ({ reader: () => app.read(fd, new Uint8Array(1)) }),
    ),
};
