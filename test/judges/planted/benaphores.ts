// Two semaphores of count 1, used as locks, acquired in opposite orders.

import { B_OK, pointer, Semaphore, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Card = struct("card", { registers: pointer<Semaphore>(), buffers: pointer<Semaphore>() });
type Card = InstanceOf<typeof Card>;

export const benaphores: PlantedDriver = {
  fault: "semaphores as locks, in opposite orders",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Card, {
            registers: new Semaphore(kernel, 1, "card registers"),
            buffers: new Semaphore(kernel, 1, "card buffers"),
          });
        },
        *free(card: Card) {
          yield* card.registers.delete();
          yield* card.buffers.delete();
          kernel.heap.delete(card);
          return B_OK;
        },
        *read(card: Card) {
          yield* card.registers.acquire(); // named
          yield* card.buffers.acquire(); // named
          yield* card.buffers.release();
          yield* card.registers.release();
          return 0;
        },
        *write(card: Card, _position, buffer) {
          const [outer, inner] = isFixed ? [card.registers, card.buffers] : [card.buffers, card.registers];
          yield* outer.acquire(); // named
          yield* inner.acquire(); // named
          yield* inner.release();
          yield* outer.release();
          return buffer.length;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
