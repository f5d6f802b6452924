// A worker thread whose early way out ends it with the writer's part of a reader/writer lock.

import { B_BUSY, B_OK, RwLock, shared } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const workerKeepsLock: PlantedDriver = {
  fault: "a thread that ends with a lock held",
  judge: "lock-held",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const catalogue = new RwLock(kernel, "tape catalogue");
        const blocks = shared(kernel, 0, "blocks");
        return {
          *open() {
            return {};
          },
          *ioctl() {
            const worker = kernel.spawn("rewinder", function* rewind() {
              yield* catalogue.writeLock(); // named
              blocks.value++;
              if (blocks.value > 1) {
                if (isFixed) catalogue.writeUnlock();
                return B_BUSY;
              }
              catalogue.writeUnlock();
              return B_OK;
            });
            yield* kernel.waitForThread(worker);
            return Number(worker.result);
          },
        };
      }),
      (app, fd) => ({
        *mt() {
          yield* app.ioctl(fd, 1, null);
          yield* app.ioctl(fd, 1, null);
        },
      }),
    ),
};
