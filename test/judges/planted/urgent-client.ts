// A slow ioctl holds the lock that an urgent thread needs, and a busy thread in between keeps it from the CPU.

import { Atomic, B_OK, mutex, struct, uint32, type InstanceOf, type Kernel } from "lockstep";
import type { Steps } from "#kernel/operation";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Mixer = struct("mixer", { lock: mutex("mixer lock"), volume: uint32() });
type Mixer = InstanceOf<typeof Mixer>;

function* compute(kernel: Kernel, rounds: number): Steps<void> {
  const work = new Atomic(kernel, 0, "work");
  for (let i = 0; i < rounds; i++) {
    kernel.simulation.scheduler.charge(50_000);
    yield* work.add(1);
  }
}

export const urgentClient: PlantedDriver = {
  fault: "an urgent thread behind a lock of an idle one",
  judge: "priority-inversion",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Mixer);
        },
        *free(mixer: Mixer) {
          kernel.heap.delete(mixer);
          return B_OK;
        },
        *ioctl(mixer: Mixer) {
          if (isFixed) yield* compute(kernel, 4);
          using _ = yield* mixer.lock.guard(); // named
          if (!isFixed) yield* compute(kernel, 4);
          mixer.volume++;
          return B_OK;
        },
        *write(mixer: Mixer, _position, buffer) {
          using _ = yield* mixer.lock.guard(); // named
          return mixer.volume > 1 ? 0 : buffer.length;
        },
      })),
      (app, fd, kernel) => ({
        idle: { body: () => app.ioctl(fd, 1, null), priority: 100 },
        busy: {
          *body() {
            yield* kernel.snooze(60);
            yield* compute(kernel, 40);
          },
          priority: 110,
        },
        urgent: {
          *body() {
            yield* kernel.snooze(70);
            yield* app.write(fd, new Uint8Array(1));
          },
          priority: 120,
        },
      }),
    ),
};
