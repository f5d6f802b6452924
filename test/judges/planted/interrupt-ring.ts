// A ring whose index the interrupt side moves with interrupts off, and the other side without.

import { B_OK, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Ring = struct("ring", { head: uint32(), tail: uint32() });
type Ring = InstanceOf<typeof Ring>;

export const interruptRing: PlantedDriver = {
  fault: "interrupts off on one side only",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Ring);
        },
        *free(ring: Ring) {
          kernel.heap.delete(ring);
          return B_OK;
        },
        *write(ring: Ring, _position, buffer) {
          const wereOn = yield* kernel.disableInterrupts();
          ring.head++; // named
          kernel.restoreInterrupts(wereOn);
          return buffer.length;
        },
        *read(ring: Ring) {
          const wereOn = isFixed ? yield* kernel.disableInterrupts() : false;
          const count = ring.head - ring.tail; // named
          ring.tail += count;
          kernel.restoreInterrupts(wereOn);
          return count;
        },
      })),
      (app, fd) => ({
        device: () => app.write(fd, new Uint8Array(1)),
        reader: () => app.read(fd, new Uint8Array(1)),
      }),
    ),
};
