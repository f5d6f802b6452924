// write adds an item and tells nobody.

import { B_OK, conditionVariable, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Queue = struct("queue", { lock: mutex("queue lock"), count: uint32(), filled: conditionVariable("filled") });
type Queue = InstanceOf<typeof Queue>;

export const silentWrite: PlantedDriver = {
  fault: "a change that is never announced",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Queue);
        },
        *free(queue: Queue) {
          kernel.heap.delete(queue);
          return B_OK;
        },
        *read(queue: Queue) {
          using _ = yield* queue.lock.guard();
          while (queue.count === 0) yield* queue.filled.wait(queue.lock); // named
          return queue.count--;
        },
        *write(queue: Queue, _position, buffer) {
          using _ = yield* queue.lock.guard();
          queue.count++; // named
          if (isFixed) yield* queue.filled.notifyOne();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
