// A reset that waits for the hardware with the ring's spinlock held.

import { B_OK, spinlock, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", { ringLock: spinlock("ring lock"), resets: uint32() });
type Card = InstanceOf<typeof Card>;

export const snoozeUnderSpinlock: PlantedDriver = {
  fault: "a snooze with a spinlock held",
  judge: "blocks-with-interrupts-off",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Card);
        },
        *free(card: Card) {
          kernel.heap.delete(card);
          return B_OK;
        },
        *ioctl(card: Card) {
          const wereOn = yield* kernel.disableInterrupts(); // named
          yield* card.ringLock.acquire(); // named
          card.resets++;
          if (!isFixed) yield* kernel.snooze(50); // named
          card.ringLock.release();
          kernel.restoreInterrupts(wereOn);
          if (isFixed) yield* kernel.snooze(50);
          return B_OK;
        },
      })),
      (app, fd) => ({ resetter: () => app.ioctl(fd, 1, null) }),
    ),
};
