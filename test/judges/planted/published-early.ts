// open makes the device's state visible first and fills it in afterwards.

import { B_OK, mutex, reference, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Settings = struct("settings", { rate: uint32(), channels: uint32() });
const Device = struct("audio_device", {
  lock: mutex("audio lock"),
  settings: reference<InstanceOf<typeof Settings>>(),
});
type Device = InstanceOf<typeof Device>;

export const publishedEarly: PlantedDriver = {
  fault: "a state that is visible before it is complete",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Device);
        },
        *free(device: Device) {
          kernel.heap.delete(device.settings);
          kernel.heap.delete(device);
          return B_OK;
        },
        *ioctl(device: Device) {
          const settings = kernel.heap.new(Settings);
          if (isFixed) settings.rate = 44_100;
          yield* device.lock.lock();
          device.settings = settings;
          device.lock.unlock();
          if (!isFixed) settings.rate = 44_100; // named
          return B_OK;
        },
        *read(device: Device) {
          using _ = yield* device.lock.guard();
          return (device.settings?.rate ?? 0) > 8_000 ? 1 : 0; // named
        },
      })),
      (app, fd) => ({
        setter: () => app.ioctl(fd, 1, null),
        reader: () => app.read(fd, new Uint8Array(1)),
      }),
    ),
};
