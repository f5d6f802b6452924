// A reset that waits for the commands in flight with the lock held that their completion needs.

import { B_OK, Mutex, Semaphore, shared } from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

export const drainUnderLock: PlantedDriver = {
  fault: "a wait for a completion that needs the waiter's lock",
  judge: "deadlock",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const controller = new Mutex(kernel, "controller lock");
        const submitted = new Semaphore(kernel, 0, "submitted");
        const idle = new Semaphore(kernel, 0, "idle");
        const flying = shared(kernel, 0, "commands in flight");
        kernel.spawn(
          "completion",
          function* complete() {
            while ((yield* submitted.acquire()) === B_OK) {
              using _ = yield* controller.guard();
              flying.value--;
              yield* idle.release();
            }
          },
          { daemon: true },
        );
        return {
          isStream: true,
          *open() {
            return {};
          },
          *write(_cookie, _position, buffer) {
            using _ = yield* controller.guard();
            flying.value++;
            yield* submitted.release();
            return buffer.length;
          },
          *ioctl() {
            yield* controller.lock();
            const count = flying.value;
            if (isFixed) controller.unlock();
            for (let i = 0; i < count; i++) yield* idle.acquire(); // named
            if (!isFixed) controller.unlock();
            return B_OK;
          },
        };
      }),
      (app, fd) => ({
        *mkfs() {
          yield* app.write(fd, new Uint8Array(1));
          yield* app.ioctl(fd, 1, null);
        },
      }),
    ),
};
