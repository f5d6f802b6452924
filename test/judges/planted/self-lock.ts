// A hook that holds the lock calls a helper that takes it, too.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import type { Steps } from "#kernel/operation";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Table = struct("address_table", { lock: mutex("table lock"), size: uint32() });
type Table = InstanceOf<typeof Table>;

function* sizeOf(table: Table): Steps<number> {
  yield* table.lock.lock(); // named
  const { size } = table;
  table.lock.unlock();
  return size;
}

export const selfLock = (debug: "kdebug" | "release"): PlantedDriver => ({
  fault: `a lock that is taken twice (${debug})`,
  judge: "deadlock",
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
        *ioctl(table: Table) {
          yield* table.lock.lock(); // named
          if (isFixed) table.lock.unlock();
          const size = yield* sizeOf(table);
          if (!isFixed) table.lock.unlock();
          return size;
        },
      })),
      (app, fd) => ({ asker: () => app.ioctl(fd, 1, null) }),
      { debug },
    ),
});
