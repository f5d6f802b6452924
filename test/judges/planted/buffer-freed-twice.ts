// Each write makes a packet; one that is too long is freed where that is found out, and again on the way out.

import { NetBuffer } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const bufferFreedTwice: PlantedDriver = {
  fault: "a packet that is freed twice",
  judge: "double-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return {};
        },
        *write(_cookie: object, _position, buffer) {
          const packet = new NetBuffer(kernel, buffer); // named
          const isTooLong = packet.size > 2;
          if (isTooLong && !isFixed) packet.free(); // named
          packet.free(); // named
          return buffer.length;
        },
      })),
      (app, fd) => ({ writer: () => app.write(fd, new Uint8Array(3)) }),
    ),
};
