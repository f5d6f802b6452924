// write spins on an atomic until the card has taken the frame.

import { atomic, B_OK, conditionVariable, mutex, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", {
  lock: mutex("card lock"),
  done: atomic(),
  finished: conditionVariable("finished"),
});
type Card = InstanceOf<typeof Card>;

export const spinOnFlag: PlantedDriver = {
  fault: "a loop that spins without a pause",
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
        *write(card: Card, _position, buffer) {
          if (isFixed) {
            using _ = yield* card.lock.guard();
            while ((yield* card.done.get()) === 0) yield* card.finished.wait(card.lock);
          } else while ((yield* card.done.get()) === 0); // named
          return buffer.length;
        },
        *ioctl(card: Card) {
          yield* kernel.snooze(2_000);
          using _ = yield* card.lock.guard();
          yield* card.done.set(1);
          yield* card.finished.notifyAll();
          return B_OK;
        },
      })),
      (app, fd) => ({
        writer: () => app.write(fd, new Uint8Array(1)),
        card: () => app.ioctl(fd, 1, null),
      }),
    ),
};
