// /dev/misc/echo gives back what was written to it; a read waits until there is something.
import {
  B_CAN_INTERRUPT,
  B_OK,
  conditionVariable,
  defineDriver,
  mutex,
  O_RDWR,
  scenario,
  struct,
  uint32,
  type DeviceHooks,
  type InstanceOf,
  type Kernel,
} from "lockstep";

const Echo = struct("echo", {
  lock: mutex("echo lock"),
  kept: uint32(), // bytes written and not yet read; protected by the lock
  arrived: conditionVariable("bytes arrived"),
});
type Echo = InstanceOf<typeof Echo>;

function echoHooks(kernel: Kernel): DeviceHooks<Echo> {
  return {
    isStream: true,

    *open() {
      return kernel.heap.new(Echo);
    },

    *free(echo) {
      kernel.heap.delete(echo);
      return B_OK;
    },

    *read(echo, _position, buffer) {
      using _ = yield* echo.lock.guard();
      while (echo.kept === 0) {
        const status = yield* echo.arrived.wait(echo.lock, B_CAN_INTERRUPT);
        if (status !== B_OK) return status;
      }
      const length = Math.min(echo.kept, buffer.length);
      echo.kept -= length;
      return length;
    },

    *write(echo, _position, buffer) {
      using _ = yield* echo.lock.guard();
      echo.kept += buffer.length;
      yield* echo.arrived.notifyOne();
      return buffer.length;
    },
  };
}

const echoDriver = defineDriver({
  name: "echo",
  load: (kernel) => ({ devices: ["misc/echo"], hooks: echoHooks(kernel) }),
});

export default scenario("echo", {
  about: "One thread writes three bytes while another reads.",
  drivers: [echoDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host }) {
    const app = host.team("app");
    return { app, descriptor: yield* app.open("/dev/misc/echo", O_RDWR) };
  },

  *run({ judge, app, descriptor }) {
    app.spawn("writer", () => app.write(descriptor, new Uint8Array(3)));
    const reader = app.spawn("reader", () => app.read(descriptor, new Uint8Array(10)));
    judge.atEnd(() => {
      if (reader.result !== 3) throw new Error(`the reader got ${reader.result} bytes`);
    });
  },
});
