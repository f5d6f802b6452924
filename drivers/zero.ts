// /dev/zero: as many zero bytes as anybody wants; what is written is gone.

import {
  B_DEV_INVALID_IOCTL,
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

  *write(_cookie, _position, buffer) {
    return buffer.length;
  },
};

export const zeroDriver: Driver = defineDriver({
  name: "zero",
  load: () => ({ devices: ["zero"], hooks }),
});
