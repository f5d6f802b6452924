// A bell that is rung by an interrupt. The reader looks first and then waits, and holds no lock while it does.
import {
  B_OK,
  ConditionVariable,
  defineDriver,
  O_RDONLY,
  scenario,
  shared,
  type DeviceHooks,
  type Driver,
  type Kernel,
  type Shared,
} from "lockstep";

interface Bell {
  readonly rung: ConditionVariable;
  readonly rings: Shared<number>;
}

export const bellDriver: Driver = defineDriver({
  name: "bell",
  load(kernel: Kernel) {
    const bell: Bell = { rung: new ConditionVariable(kernel, "bell rung"), rings: shared(kernel, 0, "rings") };
    kernel.spawn("bell hardware", () => ring(bell));
    return { devices: ["misc/bell"], hooks: bellHooks(bell) };
  },
});

function* ring(bell: Bell) {
  bell.rings.value++;
  yield* bell.rung.notifyAll();
}

function bellHooks(bell: Bell): DeviceHooks<Bell> {
  return {
    isStream: true,
    *open() {
      return bell;
    },
    *read(_bell, _position, _buffer) {
      if (bell.rings.value === 0) {
        const status = yield* bell.rung.wait(null);
        if (status !== B_OK) return status;
      }
      return 1;
    },
  };
}

export const interrupted = scenario("interrupted", {
  drivers: [bellDriver],
  *run({ host }) {
    const app = host.team("app");
    app.spawn("reader", function* () {
      const descriptor = yield* app.open("/dev/misc/bell", O_RDONLY);
      yield* app.read(descriptor, new Uint8Array(1));
    });
  },
});
