// A disk request that the completion side frees, while the thread that waits for it still wants its status.

import { bool, pointer, Semaphore, struct } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Request = struct("disk_request", { done: pointer<Semaphore>(), isRead: bool() });

export const requestCompleted: PlantedDriver = {
  fault: "a completion that frees what the waiter reads",
  judge: "use-after-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return {};
        },
        *read() {
          const done = new Semaphore(kernel, 0, "request done");
          const request = kernel.heap.new(Request, { done }); // named
          kernel.spawn("controller", function* complete() {
            request.isRead = true;
            yield* done.release();
            if (!isFixed) kernel.heap.delete(request); // named
          });
          yield* done.acquire();
          const { isRead } = request; // named
          yield* done.delete();
          if (isFixed) kernel.heap.delete(request);
          return isRead ? 1 : 0;
        },
      })),
      (app, fd) => ({ reader: () => app.read(fd, new Uint8Array(1)) }),
    ),
};
