// Two CPUs take two spinlocks in opposite orders: the kernel panics where the second of them begins to spin.

import { B_OK, spinlock, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Rings = struct("rings", { receive: spinlock("receive ring"), send: spinlock("send ring"), moved: uint32() });
type Rings = InstanceOf<typeof Rings>;

export const spinlocksInACircle: PlantedDriver = {
  fault: "spinlocks in opposite orders on two CPUs",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Rings);
        },
        *ioctl(rings: Rings, direction) {
          const isForward = isFixed || direction === 1;
          const [first, second] = isForward ? [rings.receive, rings.send] : [rings.send, rings.receive];
          using _ = yield* first.guard(); // named
          using __ = yield* second.guard(); // named
          rings.moved++;
          return B_OK;
        },
        *free(rings: Rings) {
          kernel.heap.delete(rings);
          return B_OK;
        },
      })),
      (app, fd) => ({ one: () => app.ioctl(fd, 1), two: () => app.ioctl(fd, 2) }),
      { cpus: 2 },
    ),
};
