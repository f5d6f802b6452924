// A cache that is filled by whoever reads it, under the reader's part of a reader/writer lock.

import { B_OK, rwLock, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cache = struct("cache", { lock: rwLock("cache lock"), hits: uint32() });
type Cache = InstanceOf<typeof Cache>;

export const readerWrites: PlantedDriver = {
  fault: "a write under a read lock",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Cache);
        },
        *free(cache: Cache) {
          kernel.heap.delete(cache);
          return B_OK;
        },
        *read(cache: Cache) {
          using _ = isFixed ? yield* cache.lock.writeGuard() : yield* cache.lock.readGuard();
          cache.hits += 1; // named
          return 0;
        },
      })),
      (app, fd) => ({
        one: () => app.read(fd, new Uint8Array(1)),
        two: () => app.read(fd, new Uint8Array(1)),
      }),
    ),
};
