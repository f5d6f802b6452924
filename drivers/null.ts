// /dev/null: everything written to it is gone, and there is nothing to read.

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

  *read() {
    return 0;
  },

  *write(_cookie, _position, buffer) {
    return buffer.length;
  },
};

export const nullDriver: Driver = defineDriver({
  name: "null",
  load: () => ({ devices: ["null"], hooks }),
});
