// An open that starts a thread, sleeps so that it can do its work, and believes that it has.

import { B_OK, mutex, struct, uint32, type InstanceOf, type Steps } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Modem = struct("modem", { lock: mutex("modem lock"), baud: uint32() });
type Modem = InstanceOf<typeof Modem>;

export const trustingSnooze: PlantedDriver = {
  fault: "a snooze in place of a wait for the thread that was started",
  judge: "false-cure",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          return kernel.heap.new(Modem);
        },
        *free(modem: Modem) {
          kernel.heap.delete(modem);
          return B_OK;
        },
        *ioctl(modem: Modem) {
          function* train(): Steps<void> {
            using _ = yield* modem.lock.guard();
            modem.baud = 9600;
          }
          const trainer = kernel.spawn("trainer", train);
          if (isFixed) yield* kernel.waitForThread(trainer);
          else yield* kernel.snooze(10_000); // named
          using _ = yield* modem.lock.guard();
          if (modem.baud === 0) kernel.panic("modem: division by zero baud");
          return B_OK;
        },
      })),
      (app, fd) => ({ dialer: () => app.ioctl(fd, 1, null) }),
    ),
};
