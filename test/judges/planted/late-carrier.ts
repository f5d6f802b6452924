// A modem that announces its carrier before the flag says so.

import { B_OK, ConditionVariable, Mutex, Shared } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const lateCarrier: PlantedDriver = {
  fault: "a flag that is set after its notify",
  judge: "lost-wakeup",
  beside: ["data-race"],
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const lock = new Mutex(kernel, "modem lock");
        const carrier = new ConditionVariable(kernel, "carrier");
        const isUp = new Shared(kernel, false, "carrier is up");
        return {
          isStream: true,
          *open() {
            return {};
          },
          *read() {
            using _ = yield* lock.guard();
            while (!isUp.value) yield* carrier.wait(lock); // named
            return 1;
          },
          *ioctl() {
            if (isFixed) yield* lock.lock();
            yield* carrier.notifyAll(); // named
            isUp.value = true; // named
            if (isFixed) lock.unlock();
            return B_OK;
          },
        };
      }),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        modem: () => app.ioctl(fd, 1, null),
      }),
    ),
};
