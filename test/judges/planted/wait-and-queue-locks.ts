// A TAP queue that is filled under one lock, and waited for under another.

import { B_OK, conditionVariable, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Tap = struct("tap_cookie", {
  readLock: mutex("tap read lock"),
  queueLock: mutex("tap queue lock"),
  queued: uint32(),
  readable: conditionVariable("tap readable"),
});
type Tap = InstanceOf<typeof Tap>;

export const waitAndQueueLocks: PlantedDriver = {
  fault: "a queue and a wait under two locks",
  judge: "lost-wakeup",
  beside: ["data-race"],
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Tap);
        },
        *free(tap: Tap) {
          kernel.heap.delete(tap);
          return B_OK;
        },
        *read(tap: Tap) {
          using _ = yield* tap.readLock.guard();
          while (tap.queued === 0) yield* tap.readable.wait(tap.readLock); // named
          tap.queued = tap.queued - 1;
          return 1;
        },
        *write(tap: Tap, _position, buffer) {
          using _ = yield* (isFixed ? tap.readLock : tap.queueLock).guard();
          tap.queued = tap.queued + 1; // named
          yield* tap.readable.notifyOne(); // named
          return buffer.length;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
