// A count of references that is a plain number, taken and dropped without a lock.

import { atomic, B_OK, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Session = struct("session", { users: uint32(), counted: atomic() });
type Session = InstanceOf<typeof Session>;

export const plainReferences: PlantedDriver = {
  fault: "a reference count without a lock",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Session);
        },
        *free(session: Session) {
          kernel.heap.delete(session);
          return B_OK;
        },
        *read(session: Session) {
          if (isFixed) yield* session.counted.add(1);
          else session.users++; // named
          yield* kernel.yieldThread();
          if (isFixed) yield* session.counted.add(-1);
          else session.users--;
          return 0;
        },
      })),
      (app, fd) => ({
        one: () => app.read(fd, new Uint8Array(1)),
        two: () => app.read(fd, new Uint8Array(1)),
      }),
    ),
};
