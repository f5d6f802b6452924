// A reader that wants to write, and does not let go first.

import { B_OK, RwLock, Shared } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const readLockUpgrade: PlantedDriver = {
  fault: "a read lock that its holder wants to write under",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const lock = new RwLock(kernel, "geometry lock");
        const sectors = new Shared(kernel, 0, "sectors");
        return {
          *open() {
            return {};
          },
          *ioctl() {
            yield* lock.readLock(); // named
            const isUnknown = sectors.value === 0;
            if (isFixed) lock.readUnlock();
            if (isUnknown) {
              yield* lock.writeLock(); // named
              sectors.value = 512;
              lock.writeUnlock();
            }
            if (!isFixed) lock.readUnlock();
            return B_OK;
          },
        };
      }),
      (app, fd) => ({ asker: () => app.ioctl(fd, 1, null) }),
    ),
};
