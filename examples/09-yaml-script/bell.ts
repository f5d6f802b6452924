// /dev/misc/bell: a write rings it, a read waits until it has rung.
import {
  B_CAN_INTERRUPT,
  B_OK,
  conditionVariable,
  defineDriver,
  mutex,
  struct,
  uint32,
  type DeviceHooks,
  type InstanceOf,
  type Kernel,
} from "lockstep";

const Bell = struct("bell", {
  lock: mutex("bell lock"),
  rings: uint32(), // not yet heard; protected by the lock
  rung: conditionVariable("bell rung"),
});
type Bell = InstanceOf<typeof Bell>;

function bellHooks(kernel: Kernel): DeviceHooks<Bell> {
  return {
    isStream: true,

    *open() {
      return kernel.heap.new(Bell);
    },

    *free(bell) {
      kernel.heap.delete(bell);
      return B_OK;
    },

    *read(bell) {
      using _ = yield* bell.lock.guard();
      while (bell.rings === 0) {
        const status = yield* bell.rung.wait(bell.lock, B_CAN_INTERRUPT);
        if (status !== B_OK) return status;
      }
      bell.rings--;
      return 1;
    },

    *write(bell, _position, buffer) {
      using _ = yield* bell.lock.guard();
      bell.rings += buffer.length;
      yield* bell.rung.notifyOne();
      return buffer.length;
    },
  };
}

export const bellDriver = defineDriver({
  name: "bell",
  load: (kernel) => ({ devices: ["misc/bell"], hooks: bellHooks(kernel) }),
});
