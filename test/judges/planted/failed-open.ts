// An open that refuses late keeps what it has allocated.

import { B_BUSY, B_OK, bool, mutex, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Device = struct("device", { lock: mutex("device lock"), isOpen: bool() });
const Cookie = struct("open_cookie", { mode: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

export const failedOpen: PlantedDriver = {
  fault: "an open that fails and keeps its cookie",
  judge: "leak",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const device = kernel.heap.new(Device);
        return {
          *open() {
            const cookie = kernel.heap.new(Cookie); // named
            using _ = yield* device.lock.guard();
            if (device.isOpen) {
              if (isFixed) kernel.heap.delete(cookie);
              return B_BUSY;
            }
            device.isOpen = true;
            return cookie;
          },
          *free(cookie: Cookie) {
            using _ = yield* device.lock.guard();
            device.isOpen = false;
            kernel.heap.delete(cookie);
            return B_OK;
          },
        };
      }),
      (app) => ({ second: () => app.open("/dev/misc/device", 2) }),
    ),
};
