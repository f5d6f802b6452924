// open takes raw memory and forgets one field, which read believes.

import { B_OK, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("raw_cookie", { flags: uint32(), position: uint32() });
type Cookie = InstanceOf<typeof Cookie>;

export const rawCookie: PlantedDriver = {
  fault: "a field of raw memory that nobody sets",
  judge: "uninitialised",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open(_name: string, flags: number) {
          const cookie = kernel.heap.malloc(Cookie); // named
          cookie.flags = flags;
          if (isFixed) cookie.position = 0;
          return cookie;
        },
        *free(cookie: Cookie) {
          kernel.heap.delete(cookie);
          return B_OK;
        },
        *read(cookie: Cookie, _position, buffer) {
          const at = cookie.position; // named
          cookie.position = at + buffer.length;
          return buffer.length;
        },
      })),
      (app, fd) => ({ reader: () => app.read(fd, new Uint8Array(1)) }),
    ),
};
