// read waits once and pops, though another reader may have taken the packet meanwhile.

import { B_OK, conditionVariable, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Queue = struct("packet_queue", {
  lock: mutex("queue lock"),
  length: uint32(),
  added: conditionVariable("added"),
});
type Queue = InstanceOf<typeof Queue>;

export const popAfterIf: PlantedDriver = {
  fault: "if where while is meant, two readers",
  judge: "untested-wait",
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
          // The corrected twin tests at another place than it had tested before: a loop that begins with its body.
          if (queue.length === 0) {
            do
              yield* queue.added.wait(queue.lock); // named
            while (isFixed && queue.length === 0);
          }
          const rest = queue.length - 1; // named
          queue.length = rest;
          return rest;
        },
        *write(queue: Queue, _position, buffer) {
          using _ = yield* queue.lock.guard();
          queue.length++;
          yield* queue.added.notifyOne();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
