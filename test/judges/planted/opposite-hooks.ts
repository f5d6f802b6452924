// read takes the queue's lock and then the device's, ioctl the other way round, while a third thread keeps running.

import { Atomic, B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Device = struct("device", { lock: mutex("device lock"), queueLock: mutex("queue lock"), size: uint32() });
type Device = InstanceOf<typeof Device>;

export const oppositeHooks: PlantedDriver = {
  fault: "two hooks, two orders, and a poller beside",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Device);
        },
        *free(device: Device) {
          kernel.heap.delete(device);
          return B_OK;
        },
        *read(device: Device) {
          if (isFixed) yield* device.lock.lock();
          yield* device.queueLock.lock(); // named
          if (!isFixed) yield* device.lock.lock(); // named
          const { size } = device;
          device.lock.unlock();
          device.queueLock.unlock();
          return size;
        },
        *ioctl(device: Device) {
          using _ = yield* device.lock.guard(); // named
          using __ = yield* device.queueLock.guard(); // named
          device.size = 0;
          return B_OK;
        },
      })),
      (app, fd, kernel) => {
        const done = new Atomic(kernel, 0, "done");
        return {
          reader: function* () {
            yield* app.read(fd, new Uint8Array(1));
            yield* done.add(1);
          },
          resizer: function* () {
            yield* app.ioctl(fd, 1, null);
            yield* done.add(1);
          },
          monitor: function* () {
            while ((yield* done.get()) < 2) yield* kernel.snooze(2_000);
          },
        };
      },
    ),
};
