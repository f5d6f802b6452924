// A reset turns interrupts off, and two calls further down waits until the chip has settled: a release kernel lets it pass.

import { B_OK, mutex, struct, uint32, type InstanceOf, type Kernel } from "lockstep";
import type { Steps } from "#kernel/operation";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Chip = struct("chip", { lock: mutex("chip lock"), state: uint32() });
type Chip = InstanceOf<typeof Chip>;

function* settle(kernel: Kernel): Steps<void> {
  yield* kernel.snooze(500); // named
}

function* writeRegister(kernel: Kernel, chip: Chip, value: number): Steps<void> {
  chip.state = value;
  yield* settle(kernel);
}

export const settleWithInterruptsOff: PlantedDriver = {
  fault: "a sleep with interrupts off, at the end of a chain of calls",
  judge: "blocks-with-interrupts-off",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Chip);
        },
        *ioctl(chip: Chip) {
          using _ = yield* chip.lock.guard();
          const wereOn = isFixed || (yield* kernel.disableInterrupts()); // named
          yield* writeRegister(kernel, chip, 0);
          yield* writeRegister(kernel, chip, 1);
          kernel.restoreInterrupts(wereOn);
          return B_OK;
        },
        *free(chip: Chip) {
          kernel.heap.delete(chip);
          return B_OK;
        },
      })),
      (app, fd) => ({ one: () => app.ioctl(fd, 1), two: () => app.ioctl(fd, 1) }),
      { debug: "release" },
    ),
};
