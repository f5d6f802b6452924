// Statistics that write counts without the lock under which ioctl reads them.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Device = struct("stats_device", { lock: mutex("stats lock"), packets: uint32() });
type Device = InstanceOf<typeof Device>;

export const counterStats: PlantedDriver = {
  fault: "a counter that is written without its lock",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const device = kernel.heap.new(Device);
        return {
          isStream: true,
          *open() {
            return device;
          },
          *write(stats: Device, _position, buffer) {
            if (isFixed) yield* stats.lock.lock();
            stats.packets++; // named
            if (isFixed) stats.lock.unlock();
            return buffer.length;
          },
          *ioctl(stats: Device, _operation, argument) {
            using _ = yield* stats.lock.guard();
            (argument as number[])[0] = stats.packets; // named
            return B_OK;
          },
        };
      }),
      (app, fd) => ({
        writer: () => app.write(fd, new Uint8Array(4)),
        asker: () => app.ioctl(fd, 1, [0]),
      }),
    ),
};
