// A lock inside raw memory that nobody initialises: a release kernel takes what lies there for a free lock.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Port = struct("tty_port", { lock: mutex(), head: uint32() });
type Port = InstanceOf<typeof Port>;

export const rawLockRelease: PlantedDriver = {
  fault: "a lock that is used before its init, in a release kernel",
  judge: "uninitialised",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          const port = kernel.heap.malloc(Port); // named
          port.head = 0;
          if (isFixed) port.lock.init("tty port");
          return port;
        },
        *free(port: Port) {
          kernel.heap.delete(port);
          return B_OK;
        },
        *write(port: Port, _position, buffer) {
          using _ = yield* port.lock.guard(); // named
          port.head += buffer.length;
          return buffer.length;
        },
      })),
      (app, fd) => ({ shell: () => app.write(fd, new Uint8Array(1)) }),
      { debug: "release" },
    ),
};
