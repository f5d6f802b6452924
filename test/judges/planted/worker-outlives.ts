// A worker that open starts goes on after free has deleted the cookie.

import { B_OK, Semaphore, pointer, reference, struct, uint32, type InstanceOf, type Thread } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Cookie = struct("stream_cookie", { wake: pointer<Semaphore>(), rounds: uint32(), worker: reference<Thread>() });
type Cookie = InstanceOf<typeof Cookie>;

export const workerOutlives: PlantedDriver = {
  fault: "a thread that outlives what it works on",
  judge: "use-after-free",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        *open() {
          const wake = new Semaphore(kernel, 0, "worker wake");
          const cookie = kernel.heap.new(Cookie, { wake }); // named
          cookie.worker = kernel.spawn("worker", function* work() {
            while ((yield* wake.acquire()) === B_OK) yield* kernel.yieldThread();
            cookie.rounds = 0; // named
          });
          return cookie;
        },
        *free(cookie: Cookie) {
          const { worker } = cookie;
          yield* cookie.wake.delete();
          if (isFixed && worker !== null) yield* kernel.waitForThread(worker);
          kernel.heap.delete(cookie); // named
          return B_OK;
        },
      })),
      (app, fd) => ({ closer: () => app.close(fd) }),
    ),
};
