// An error path that goes back to user space with interrupts off.

import { B_BUSY, B_OK, bool, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", { isBusy: bool() });
type Card = InstanceOf<typeof Card>;

export const interruptsLeftOff: PlantedDriver = {
  fault: "a way out with interrupts off",
  judge: "lock-held",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Card, { isBusy: true });
        },
        *free(card: Card) {
          kernel.heap.delete(card);
          return B_OK;
        },
        *ioctl(card: Card) {
          const wereOn = yield* kernel.disableInterrupts(); // named
          if (card.isBusy) {
            if (isFixed) kernel.restoreInterrupts(wereOn);
            return B_BUSY;
          }
          kernel.restoreInterrupts(wereOn);
          return B_OK;
        },
      })),
      (app, fd) => ({ asker: () => app.ioctl(fd, 1, null) }),
    ),
};
