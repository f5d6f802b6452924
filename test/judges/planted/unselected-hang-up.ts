// A hang-up tells the readers, and not those who wait in poll.

import {
  B_OK,
  B_SELECT_READ,
  bool,
  conditionVariable,
  mutex,
  notifySelectEvent,
  pointer,
  POLLIN,
  SelectSyncPool,
  struct,
  type InstanceOf,
} from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Line = struct("modem", {
  lock: mutex("modem lock"),
  carrier: bool(),
  arrived: conditionVariable("modem arrived"),
  selecting: pointer<SelectSyncPool>(),
});
type Line = InstanceOf<typeof Line>;

export const unselectedHangUp: PlantedDriver = {
  fault: "an event of which the select pool hears nothing",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(Line, { carrier: true, selecting: new SelectSyncPool(kernel, "modem selects") });
        },
        *ioctl(line: Line) {
          using _ = yield* line.lock.guard();
          line.carrier = false; // named
          yield* line.arrived.notifyAll();
          if (isFixed) yield* line.selecting.notify(B_SELECT_READ);
          return B_OK;
        },
        *select(line: Line, event, sync) {
          using _ = yield* line.lock.guard();
          const status = line.selecting.add(sync, event);
          if (status !== B_OK) return status;
          if (event === B_SELECT_READ && !line.carrier) yield* notifySelectEvent(sync, event); // named
          return B_OK;
        },
        *deselect(line: Line, event, sync) {
          using _ = yield* line.lock.guard();
          return line.selecting.remove(sync, event);
        },
        *free(line: Line) {
          kernel.heap.delete(line);
          return B_OK;
        },
      })),
      (app, fd) => ({
        poller: () => app.poll([{ fd, events: POLLIN, revents: 0 }]),
        hangup: () => app.ioctl(fd, 1),
      }),
    ),
};
