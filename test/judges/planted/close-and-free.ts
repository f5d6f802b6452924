// Both hooks give back the same buffer.

import { B_OK, pointer, struct, uint32, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Buffer = struct("ring_buffer", { used: uint32() });
const Cookie = struct("cookie", { ring: pointer<InstanceOf<typeof Buffer>>() });
type Cookie = InstanceOf<typeof Cookie>;

export const closeAndFree: PlantedDriver = {
  fault: "a buffer that close and free both delete",
  judge: "double-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          const ring = kernel.heap.new(Buffer); // named
          return kernel.heap.new(Cookie, { ring });
        },
        *close(cookie: Cookie) {
          if (!isFixed) kernel.heap.delete(cookie.ring); // named
          return B_OK;
        },
        *free(cookie: Cookie) {
          kernel.heap.delete(cookie.ring); // named
          kernel.heap.delete(cookie);
          return B_OK;
        },
      })),
      (app, fd) => ({ closer: () => app.close(fd) }),
    ),
};
