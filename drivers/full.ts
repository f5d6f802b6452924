// /dev/full: reads as zero bytes, and has no room for a single one: what a program does on a full disk.

import {
  B_DEV_INVALID_IOCTL,
  B_DEVICE_FULL,
  B_OK,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  defineDriver,
  type DeviceHooks,
  type Driver,
} from "#kernel-export";

const hooks: DeviceHooks = {
  isStream: true,

  *open() {
    return {};
  },

  *ioctl(_cookie, operation) {
    const isMode = operation === B_SET_NONBLOCKING_IO || operation === B_SET_BLOCKING_IO;
    return isMode ? B_OK : B_DEV_INVALID_IOCTL; // it never waits, so every mode is the same
  },

  *read(_cookie, _position, buffer) {
    buffer.fill(0);
    return buffer.length;
  },

  *write() {
    return B_DEVICE_FULL;
  },
};

export const fullDriver: Driver = defineDriver({
  name: "full",
  load: () => ({ devices: ["full"], hooks }),
});
