// A lookup holds the table's reader lock and takes the device's mutex; a resize holds the mutex and wants to write.

import { B_OK, mutex, rwLock, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Table = struct("table", { lock: rwLock("table lock"), device: mutex("device lock"), size: uint32() });
type Table = InstanceOf<typeof Table>;

export const readerAndMutex: PlantedDriver = {
  fault: "a reader/writer lock and a mutex in opposite orders",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Table);
        },
        *free(table: Table) {
          kernel.heap.delete(table);
          return B_OK;
        },
        *read(table: Table) {
          if (isFixed) yield* table.device.lock();
          yield* table.lock.readLock(); // named
          if (!isFixed) yield* table.device.lock(); // named
          const { size } = table;
          table.device.unlock();
          table.lock.readUnlock();
          return size;
        },
        *ioctl(table: Table) {
          yield* table.device.lock(); // named
          yield* table.lock.writeLock(); // named
          table.size = 0;
          table.lock.writeUnlock();
          table.device.unlock();
          return B_OK;
        },
      })),
      (app, fd) => ({
        finder: () => app.read(fd, new Uint8Array(1)),
        resizer: () => app.ioctl(fd, 1, null),
      }),
    ),
};
