// Two writers of a block device count what they wrote: one descriptor, whose position nobody protects.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Stats = struct("disk_stats", { lock: mutex("stats lock"), sectors: uint32() });
type Stats = InstanceOf<typeof Stats>;

export const blockCounter: PlantedDriver = {
  fault: "a counter behind one descriptor with a position",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Stats);
        },
        *free(stats: Stats) {
          kernel.heap.delete(stats);
          return B_OK;
        },
        *write(stats: Stats, _position, buffer) {
          if (isFixed) yield* stats.lock.lock();
          stats.sectors++; // named
          if (isFixed) stats.lock.unlock();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        one: () => app.write(fd, new Uint8Array(1)),
        two: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
