// free deletes the cookie while a guard on its own lock is still there, which unlocks freed memory.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("guarded_cookie", { lock: mutex("cookie lock"), users: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

export const freedUnderGuard: PlantedDriver = {
  fault: "an unlock of a lock inside freed memory",
  judge: "use-after-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Cookie); // named
        },
        *free(cookie: Cookie) {
          yield* cookie.lock.lock();
          cookie.users = 0;
          if (isFixed) cookie.lock.unlock();
          kernel.heap.delete(cookie); // named
          if (!isFixed) cookie.lock.unlock(); // named
          return B_OK;
        },
      })),
      (app, fd) => ({ closer: () => app.close(fd) }),
    ),
};
