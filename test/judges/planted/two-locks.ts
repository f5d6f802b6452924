// A field that the reader guards with one lock and the writer with another.

import { B_OK, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Port = struct("port", { readLock: mutex("read lock"), writeLock: mutex("write lock"), level: uint32() });
type Port = InstanceOf<typeof Port>;

export const twoLocks: PlantedDriver = {
  fault: "one field, two locks",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Port);
        },
        *free(port: Port) {
          kernel.heap.delete(port);
          return B_OK;
        },
        *read(port: Port, _position, buffer) {
          const lock = isFixed ? port.writeLock : port.readLock;
          yield* lock.lock();
          buffer[0] = port.level; // named
          lock.unlock();
          return 1;
        },
        *write(port: Port, _position, buffer) {
          yield* port.writeLock.lock();
          port.level = buffer[0] ?? 0; // named
          port.writeLock.unlock();
          return 1;
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        writer: () => app.write(fd, new Uint8Array([7])),
      }),
    ),
};
