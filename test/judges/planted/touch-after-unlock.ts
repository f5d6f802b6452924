// A finisher that takes the list of transfers under the lock, and touches them after it has given it back.

import {
  B_RELATIVE_TIMEOUT,
  B_TIMED_OUT,
  bool,
  ConditionVariable,
  Mutex,
  Semaphore,
  shared,
  struct,
  uint32,
  type InstanceOf,
} from "lockstep";
import { deviceDriver, program, type PlantedDriver } from "./planted-driver.js";

const Transfer = struct("usb_transfer", { actual: uint32(), isDone: bool() });
type Transfer = InstanceOf<typeof Transfer>;

export const touchAfterUnlock: PlantedDriver = {
  fault: "a transfer that is touched after the unlock of its list",
  judge: "data-race",
  make: (isFixed) =>
    program(
      deviceDriver((kernel) => {
        const lock = new Mutex(kernel, "endpoint lock");
        const active = shared<readonly Transfer[]>(kernel, [], "active transfers");
        const done = new ConditionVariable(kernel, "transfer done");
        const poked = new Semaphore(kernel, 0, "finisher");
        kernel.spawn(
          "finisher",
          function* finish() {
            while (true) {
              yield* poked.acquire();
              yield* lock.lock();
              const finished = active.value;
              if (!isFixed) lock.unlock();
              for (const transfer of finished) {
                transfer.actual = 8; // named
                transfer.isDone = true;
              }
              if (!isFixed) yield* lock.lock();
              yield* done.notifyAll();
              lock.unlock();
            }
          },
          { daemon: true },
        );
        return {
          isStream: true,
          *open() {
            return {};
          },
          *read() {
            const transfer = kernel.heap.new(Transfer);
            yield* lock.lock();
            active.value = [...active.value, transfer];
            yield* poked.release();
            while (!transfer.isDone) {
              if ((yield* done.wait(lock, B_RELATIVE_TIMEOUT, 5_000)) === B_TIMED_OUT) break;
            }
            active.value = active.value.filter((other) => other !== transfer);
            const actual = transfer.actual; // named
            lock.unlock();
            kernel.heap.delete(transfer);
            return actual;
          },
        };
      }),
      (app, fd) => ({ reader: () => app.read(fd, new Uint8Array(8)) }),
    ),
};
