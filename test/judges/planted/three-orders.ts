// Three hooks take two of three locks each; only all three orders together close a circle.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Bridge = struct("bridge", { table: mutex("table"), port: mutex("port"), timer: mutex("timer"), age: uint32() });
type Bridge = InstanceOf<typeof Bridge>;

export const threeOrders: PlantedDriver = {
  fault: "an inversion over three locks, one after the other",
  judge: "lock-order",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Bridge);
        },
        *free(bridge: Bridge) {
          kernel.heap.delete(bridge);
          return B_OK;
        },
        *read(bridge: Bridge) {
          using _ = yield* bridge.table.guard(); // named
          using __ = yield* bridge.port.guard(); // named
          return 0;
        },
        *write(bridge: Bridge, _position, buffer) {
          using _ = yield* bridge.port.guard(); // named
          using __ = yield* bridge.timer.guard(); // named
          return buffer.length;
        },
        *ioctl(bridge: Bridge) {
          using _ = isFixed ? yield* bridge.table.guard() : yield* bridge.timer.guard(); // named
          using __ = isFixed ? yield* bridge.timer.guard() : yield* bridge.table.guard(); // named
          bridge.age = 0;
          return B_OK;
        },
      })),
      (app, fd) => ({
        // One after the other: nobody ever meets anybody.
        main: function* () {
          yield* app.read(fd, new Uint8Array(1));
          yield* app.write(fd, new Uint8Array(1));
          yield* app.ioctl(fd, 1, null);
        },
      }),
    ),
};
