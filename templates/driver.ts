// The driver of /dev/misc/NAME, a place for one byte: `read` waits until there is one, `write` puts one in, `close` makes
// every waiting reader leave.

import {
  B_BAD_VALUE,
  B_CAN_INTERRUPT,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_OK,
  B_WOULD_BLOCK,
  bool,
  conditionVariable,
  defineDriver,
  mutex,
  O_NONBLOCK,
  struct,
  uint32,
  type DeviceHooks,
  type InstanceOf,
  type Kernel,
} from "lockstep";

/** What an open of the device has. */
const PascalName = struct("NAME", {
  lock: mutex("NAME lock"),
  // Protected by the lock.
  isFull: bool(),
  byte: uint32(),
  closing: bool(),
  changed: conditionVariable("NAME changed"),
  // Set once, by open.
  nonblocking: bool(),
});
type PascalName = InstanceOf<typeof PascalName>;

function hooksOf(kernel: Kernel): DeviceHooks<PascalName> {
  return {
    isStream: true,

    *open(_name, flags) {
      const cookie = kernel.heap.new(PascalName);
      cookie.nonblocking = (flags & O_NONBLOCK) !== 0;
      return cookie;
    },

    // Others may still be inside: wake them, refuse new waits, free nothing.
    *close(cookie) {
      using _ = yield* cookie.lock.guard();
      cookie.closing = true;
      yield* cookie.changed.notifyAll(B_FILE_ERROR);
      return B_OK;
    },

    // Nobody is inside any more.
    *free(cookie) {
      kernel.heap.delete(cookie);
      return B_OK;
    },

    *read(cookie, _position, buffer) {
      if (buffer.length === 0) return B_BAD_VALUE;
      using _ = yield* cookie.lock.guard();
      while (!cookie.isFull && !cookie.closing) {
        if (cookie.nonblocking) return B_WOULD_BLOCK;
        const status = yield* cookie.changed.wait(cookie.lock, B_CAN_INTERRUPT);
        if (status === B_INTERRUPTED) return status;
      }
      if (cookie.closing) return B_FILE_ERROR;
      buffer[0] = cookie.byte;
      cookie.isFull = false;
      return 1;
    },

    *write(cookie, _position, buffer) {
      if (buffer.length === 0) return B_BAD_VALUE;
      using _ = yield* cookie.lock.guard();
      if (cookie.closing) return B_FILE_ERROR;
      if (cookie.isFull) return B_WOULD_BLOCK;
      cookie.byte = buffer[0] ?? 0;
      cookie.isFull = true;
      yield* cookie.changed.notifyOne();
      return 1;
    },
  };
}

export const camelName = defineDriver({
  name: "NAME",
  load: (kernel) => ({ devices: ["misc/NAME"], hooks: hooksOf(kernel) }),
});
