// A semaphore is acquired with interrupts off, in a release kernel that lets it pass.

import { B_OK, pointer, Semaphore, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", { slots: pointer<Semaphore>() });
type Card = InstanceOf<typeof Card>;

export const acquireWithInterruptsOff: PlantedDriver = {
  fault: "an acquire with interrupts off",
  judge: "blocks-with-interrupts-off",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Card, { slots: new Semaphore(kernel, 2, "slots") });
        },
        *free(card: Card) {
          yield* card.slots.delete();
          kernel.heap.delete(card);
          return B_OK;
        },
        *ioctl(card: Card) {
          if (isFixed) yield* card.slots.acquire();
          const wereOn = yield* kernel.disableInterrupts(); // named
          if (!isFixed) yield* card.slots.acquire(); // named
          kernel.restoreInterrupts(wereOn);
          yield* card.slots.release();
          return B_OK;
        },
      })),
      (app, fd) => ({ asker: () => app.ioctl(fd, 1, null) }),
      { debug: "release" },
    ),
};
