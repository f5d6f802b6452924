// read looks every ten microseconds whether the card is ready.

import { B_OK, bool, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", { lock: mutex("card lock"), ready: bool(), changed: conditionVariable("changed") });
type Card = InstanceOf<typeof Card>;

export const statusPoll: PlantedDriver = {
  fault: "a hook that polls",
  judge: "polling",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Card);
        },
        *free(card: Card) {
          kernel.heap.delete(card);
          return B_OK;
        },
        *read(card: Card) {
          for (;;) {
            using held = yield* card.lock.guard();
            if (card.ready) return 1;
            if (isFixed) {
              while (!card.ready) yield* card.changed.wait(card.lock);
              return 1;
            }
            held.unlock();
            yield* kernel.snooze(10); // named
          }
        },
        *ioctl(card: Card) {
          yield* kernel.snooze(3_000);
          using _ = yield* card.lock.guard();
          card.ready = true;
          yield* card.changed.notifyAll();
          return B_OK;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        card: () => app.ioctl(fd, 1, null),
      }),
    ),
};
