// close releases whoever waits on the semaphore: a reader that has looked and does not wait yet is not among them.

import { B_FILE_ERROR, B_OK, B_RELEASE_ALL, bool, mutex, pointer, Semaphore, struct, type InstanceOf } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const End = struct("tunnel_end", { lock: mutex("end lock"), closing: bool(), filled: pointer<Semaphore>() });
type End = InstanceOf<typeof End>;

export const releaseNobody: PlantedDriver = {
  fault: "a release of all waiters that comes too early",
  judge: "lost-wakeup",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => ({
        isStream: true,
        *open() {
          return kernel.heap.new(End, { filled: new Semaphore(kernel, 0, "end filled") });
        },
        *close(end: End) {
          yield* end.lock.lock();
          end.closing = true; // named
          end.lock.unlock();
          yield* isFixed ? end.filled.release(1) : end.filled.release(B_FILE_ERROR, B_RELEASE_ALL); // named
          return B_OK;
        },
        *free(end: End) {
          yield* end.filled.delete();
          kernel.heap.delete(end);
          return B_OK;
        },
        *read(end: End) {
          yield* end.lock.lock();
          const { closing } = end; // named
          end.lock.unlock();
          if (closing) return B_FILE_ERROR;
          return yield* end.filled.acquire(); // named
        },
      })),
      (app, fd) => ({
        reader: () => app.read(fd, new Uint8Array(1)),
        closer: () => app.close(fd),
      }),
    ),
};
