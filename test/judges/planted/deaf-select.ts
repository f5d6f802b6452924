// write makes the device readable and forgets those who wait in select.

import { B_OK, B_SELECT_READ, mutex, SelectSyncPool, struct, pointer, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Queue = struct("queue", { lock: mutex("queue lock"), length: uint32(), pool: pointer<SelectSyncPool>() });
type Queue = InstanceOf<typeof Queue>;

export const deafSelect: PlantedDriver = {
  fault: "a select that nobody tells",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Queue, { pool: new SelectSyncPool(kernel) });
        },
        *free(queue: Queue) {
          kernel.heap.delete(queue);
          return B_OK;
        },
        *write(queue: Queue, _position, buffer) {
          using _ = yield* queue.lock.guard();
          queue.length++; // named
          if (isFixed) yield* queue.pool.notify(B_SELECT_READ);
          return buffer.length;
        },
        *select(queue: Queue, event, sync) {
          using _ = yield* queue.lock.guard();
          queue.pool.add(sync, event);
          if (queue.length > 0) yield* queue.pool.notify(B_SELECT_READ);
          return B_OK;
        },
        *deselect(queue: Queue, event, sync) {
          using _ = yield* queue.lock.guard();
          queue.pool.remove(sync, event);
          return B_OK;
        },
      })),
      (app, fd) => ({
        selector: () => app.select({ read: new Set([fd]) } as never, Number.POSITIVE_INFINITY),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
