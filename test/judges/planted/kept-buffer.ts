// Each write makes a packet and drops one that is too long without freeing it.

import { NetBuffer } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const keptBuffer: PlantedDriver = {
  fault: "a packet that is dropped and not freed",
  judge: "leak",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return {};
        },
        *write(_cookie: object, _position, buffer) {
          const packet = new NetBuffer(kernel, buffer); // named
          if (packet.size > 2 && !isFixed) return buffer.length;
          packet.free();
          return buffer.length;
        },
      })),
      (app, fd) => ({ writer: () => app.write(fd, new Uint8Array(3)) }),
    ),
};
