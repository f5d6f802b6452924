// A select hook that looks under the lock, gives it back, and puts its caller into the pool only then.

import {
  B_OK,
  B_SELECT_READ,
  bool,
  mutex,
  notifySelectEvent,
  pointer,
  POLLIN,
  SelectSyncPool,
  struct,
  type InstanceOf,
} from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Stick = struct("joystick", { lock: mutex("stick lock"), moved: bool(), selecting: pointer<SelectSyncPool>() });
type Stick = InstanceOf<typeof Stick>;

export const lateSelect: PlantedDriver = {
  fault: "a select hook that joins the pool after its look",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Stick, { selecting: new SelectSyncPool(kernel, "stick selects") });
        },
        *free(stick: Stick) {
          kernel.heap.delete(stick);
          return B_OK;
        },
        *write(stick: Stick, _position, buffer) {
          using _ = yield* stick.lock.guard();
          stick.moved = true; // named
          yield* stick.selecting.notify(B_SELECT_READ); // named
          return buffer.length;
        },
        *select(stick: Stick, event, sync) {
          yield* stick.lock.lock();
          const isReady = stick.moved && event === B_SELECT_READ; // named
          if (!isFixed) {
            stick.lock.unlock();
            yield* stick.lock.lock();
          }
          const status = stick.selecting.add(sync, event); // named
          if (isReady) yield* notifySelectEvent(sync, event);
          stick.lock.unlock();
          return status;
        },
        *deselect(stick: Stick, event, sync) {
          using _ = yield* stick.lock.guard();
          return stick.selecting.remove(sync, event);
        },
      })),
      (app, fd) => ({
        game: () => app.poll([{ fd, events: POLLIN, revents: 0 }]),
        hand: () => app.write(fd, new Uint8Array(1)),
      }),
    ),
};
