// /dev/random: bytes from a seeded generator, the same in every run; what is written stirs it.
//
// One state for all who have it open, so the bytes that a reader gets depend on who read before. Not for secrets.

import {
  B_DEV_INVALID_IOCTL,
  B_OK,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  defineDriver,
  Mutex,
  Prng,
  shared,
  type DeviceHooks,
  type Driver,
  type Kernel,
} from "#kernel-export";

/** The driver with a seed of its own: any integer. */
export function randomDriverWithSeed(seed: number): Driver {
  return defineDriver({
    name: "random",
    load: (kernel) => ({ devices: ["random"], hooks: randomHooks(kernel, seed) }),
  });
}

export const randomDriver: Driver = randomDriverWithSeed(1);

function randomHooks(kernel: Kernel, seed: number): DeviceHooks {
  const lock = new Mutex(kernel, "random state");
  // Protected by the lock: what the next read is generated from.
  const state = shared(kernel, seed >>> 0, "random state");

  return {
    isStream: true,

    *open() {
      return {};
    },

    *ioctl(_cookie, operation) {
      const isMode = operation === B_SET_NONBLOCKING_IO || operation === B_SET_BLOCKING_IO;
      return isMode ? B_OK : B_DEV_INVALID_IOCTL; // it never waits for more than the lock
    },

    *read(_cookie, _position, buffer) {
      using _ = yield* lock.guard();
      const generator = new Prng(state.value);
      for (let i = 0; i < buffer.length; i++) buffer[i] = generator.below(256);
      state.value = generator.next();
      return buffer.length;
    },

    *write(_cookie, _position, buffer) {
      using _ = yield* lock.guard();
      for (const byte of buffer) state.value = new Prng(state.value ^ byte).next();
      return buffer.length;
    },
  };
}
