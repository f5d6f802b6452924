// A lookup that gives its reader's lock back only when it finds something.

import { B_ENTRY_NOT_FOUND, B_OK, rwLock, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Table = struct("table", { lock: rwLock("table lock"), entries: uint32() });
type Table = InstanceOf<typeof Table>;

export const keptReadLock: PlantedDriver = {
  fault: "a reader's lock that is kept",
  judge: "lock-held",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Table);
        },
        *free(table: Table) {
          kernel.heap.delete(table);
          return B_OK;
        },
        *ioctl(table: Table, operation) {
          if (operation === 2) {
            using _ = yield* table.lock.writeGuard();
            table.entries++;
            return B_OK;
          }
          yield* table.lock.readLock(); // named
          const found = table.entries > 0;
          if (found || isFixed) table.lock.readUnlock();
          return found ? B_OK : B_ENTRY_NOT_FOUND;
        },
      })),
      (app, fd) => ({
        finder: () => app.ioctl(fd, 1, null),
        adder: () => app.ioctl(fd, 2, null),
      }),
    ),
};
