// A lock inside raw memory is taken before anybody has called its init.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("lock_cookie", { lock: mutex("raw lock"), count: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

export const rawLock: PlantedDriver = {
  fault: "a lock that is used before its init",
  judge: "uninitialised",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          const cookie = kernel.heap.malloc(Cookie); // named
          cookie.count = 0;
          if (isFixed) cookie.lock.init("raw lock");
          return cookie;
        },
        *free(cookie: Cookie) {
          kernel.heap.delete(cookie);
          return B_OK;
        },
        *write(cookie: Cookie, _position, buffer) {
          yield* cookie.lock.lock(); // named
          cookie.count++;
          cookie.lock.unlock();
          return buffer.length;
        },
      })),
      (app, fd) => ({ writer: () => app.write(fd, new Uint8Array(1)) }),
    ),
};
