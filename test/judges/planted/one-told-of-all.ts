// A gate is opened for all, and one waiter is told.

import { bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Gate = struct("gate", { lock: mutex("gate lock"), isOpen: bool(), changed: conditionVariable("gate changed") });
type Gate = InstanceOf<typeof Gate>;

export const oneToldOfAll: PlantedDriver = {
  fault: "a notify of one where all can go on",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Gate);
        },
        *read(gate: Gate) {
          using _ = yield* gate.lock.guard();
          while (!gate.isOpen) yield* gate.changed.wait(gate.lock); // named
          return 1;
        },
        *write(gate: Gate) {
          using _ = yield* gate.lock.guard();
          gate.isOpen = true; // named
          if (isFixed) yield* gate.changed.notifyAll();
          else yield* gate.changed.notifyOne(); // named
          return 1;
        },
        *free(gate: Gate) {
          kernel.heap.delete(gate);
          return 0;
        },
      })),
      (app, fd) => ({
        first: () => app.read(fd, new Uint8Array(1)),
        second: () => app.read(fd, new Uint8Array(1)),
        opener: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
