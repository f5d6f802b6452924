// Goal: a condition variable and its entries do what Haiku's do: no memory, FIFO, every status, the lock taken again
// on every outcome. Method: small threads in measured time, all orders where order matters (facts: haiku.md, section 5).
import { describe, expect, test } from "vitest";
import {
  B_ENTRY_NOT_FOUND,
  B_ERROR,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_OK,
  B_TIMED_OUT,
  B_WOULD_BLOCK,
} from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { struct } from "#kernel/struct";
import {
  B_ABSOLUTE_TIMEOUT,
  B_CAN_INTERRUPT,
  B_KILL_CAN_INTERRUPT,
  B_RELATIVE_TIMEOUT,
  SIGKILL,
  type Thread,
} from "#kernel/thread";
import { ConditionVariable, ConditionVariableEntry, conditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { RecursiveLock } from "#sync/recursive-lock";
import { adversarial, measured, panicOf, type Body, type Log } from "../kernel/running.js";

const SIGUSR1 = 18;

/** A waiter that logs its result and whether it holds the lock then, and another thread that acts on the variable. */
function waitFor(
  flags: number,
  timeout: number | undefined,
  act: (kernel: Kernel, variable: ConditionVariable, waiter: Thread, log: Log) => ReturnType<Body>,
): { readonly log: Log; readonly kind: string; readonly time: number } {
  const { outcome, log, time } = measured((kernel, log) => {
    const mutex = new Mutex(kernel, "m");
    const variable = new ConditionVariable(kernel, "cv");
    return {
      *starter() {
        const waiter = kernel.spawn("waiter", function* () {
          yield* mutex.lock();
          const status = yield* variable.wait(mutex, flags, timeout);
          log.push(status, mutex.isHeldByCaller());
          mutex.unlock();
        });
        yield* kernel.snooze(100);
        yield* act(kernel, variable, waiter, log);
      },
    };
  });
  return { log, kind: outcome.kind, time };
}

function* nothing(): Generator<undefined, void, void> {}

describe("waiting with a lock", () => {
  test("gives the lock back meanwhile, and takes it again before it returns", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *waiter() {
          yield* mutex.lock();
          yield* variable.wait(mutex);
          log.push("woken", mutex.isHeldByCaller());
          mutex.unlock();
        },
        *notifier() {
          yield* kernel.snooze(10);
          log.push(yield* mutex.tryLock());
          log.push(yield* variable.notifyAll());
          yield* kernel.snooze(10);
          log.push("still mine");
          mutex.unlock();
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_OK, 1, "still mine", "woken", true]);
  });

  test("returns the notifier's status", () => {
    for (const status of [B_OK, B_ERROR, B_FILE_ERROR]) {
      const one = waitFor(0, undefined, (_kernel, variable) => variable.notifyOne(status) as ReturnType<Body>);
      expect([one.kind, ...one.log]).toEqual(["finished", status, true]);
      const all = waitFor(0, undefined, (_kernel, variable) => variable.notifyAll(status) as ReturnType<Body>);
      expect([all.kind, ...all.log]).toEqual(["finished", status, true]);
    }
  });

  test("times out, relative and absolute, and holds the lock then", () => {
    const relative = waitFor(B_RELATIVE_TIMEOUT, 5_000, nothing);
    expect([relative.kind, ...relative.log]).toEqual(["finished", B_TIMED_OUT, true]);
    expect(relative.time).toBeGreaterThanOrEqual(5_000);
    expect(relative.time).toBeLessThan(5_200);
    const absolute = waitFor(B_ABSOLUTE_TIMEOUT, 7_000, nothing);
    expect([absolute.kind, ...absolute.log]).toEqual(["finished", B_TIMED_OUT, true]);
    expect(absolute.time).toBeGreaterThanOrEqual(7_000);
    const past = waitFor(B_ABSOLUTE_TIMEOUT, 0, nothing);
    expect([past.kind, ...past.log]).toEqual(["finished", B_TIMED_OUT, true]);
  });

  test("a relative timeout of 0 is B_WOULD_BLOCK, a pending signal or not, and leaves no entry behind", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *main() {
          yield* mutex.lock();
          log.push(yield* variable.wait(mutex, B_RELATIVE_TIMEOUT, 0), mutex.isHeldByCaller());
          yield* kernel.sendSignal(kernel.currentThread as Thread, SIGUSR1);
          log.push(yield* variable.wait(mutex, B_RELATIVE_TIMEOUT | B_CAN_INTERRUPT, 0), mutex.isHeldByCaller());
          log.push(variable.waiters.length);
          mutex.unlock();
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_WOULD_BLOCK, true, B_WOULD_BLOCK, true, 0]);
  });

  test("a signal ends it where its flags let it: any signal, one that kills, or none", () => {
    const signalled = (flags: number, signal: number) =>
      waitFor(flags, undefined, (kernel, _variable, waiter) => kernel.sendSignal(waiter, signal) as ReturnType<Body>);
    const interrupted = ["finished", B_INTERRUPTED, true];
    const results = (flags: number, signal: number): unknown[] => {
      const { kind, log } = signalled(flags, signal);
      return [kind, ...log];
    };
    expect(results(B_CAN_INTERRUPT, SIGUSR1)).toEqual(interrupted);
    expect(results(B_CAN_INTERRUPT, SIGKILL)).toEqual(interrupted);
    expect(results(B_KILL_CAN_INTERRUPT, SIGKILL)).toEqual(interrupted);
    expect(results(B_KILL_CAN_INTERRUPT, SIGUSR1)).toEqual(["deadlock"]);
    expect(results(0, SIGKILL)).toEqual(["deadlock"]);
  });

  test("a signal that is already pending ends it at once", () => {
    const { log, outcome } = measured((kernel, log) => {
      const mutex = new Mutex(kernel, "m");
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *main() {
          yield* kernel.sendSignal(kernel.currentThread as Thread, SIGUSR1);
          yield* mutex.lock();
          log.push(yield* variable.wait(mutex, B_CAN_INTERRUPT), mutex.isHeldByCaller(), variable.waiters.length);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_INTERRUPTED, true, 0]);
  });

  test("the first to end the wait wins: notified and then signalled, it was notified", () => {
    const { log } = waitFor(B_CAN_INTERRUPT, undefined, function* (kernel, variable, waiter) {
      yield* variable.notifyOne(B_FILE_ERROR);
      yield* kernel.sendSignal(waiter, SIGUSR1);
    });
    expect(log).toEqual([B_FILE_ERROR, true]);
  });

  test("who timed out or was interrupted is not notified any more", () => {
    const { log } = waitFor(B_RELATIVE_TIMEOUT, 10, function* (_kernel, variable, _waiter, log) {
      log.push(yield* variable.notifyAll());
    });
    expect(log).toEqual([B_TIMED_OUT, true, 0]);
  });

  test("gives its result even when the lock was destroyed meanwhile", () => {
    for (const make of [
      (kernel: Kernel) => new Mutex(kernel, "m"),
      (kernel: Kernel) => new RecursiveLock(kernel, "r"),
    ]) {
      const { log, outcome } = measured((kernel, log) => {
        const lock = make(kernel);
        const variable = new ConditionVariable(kernel, "cv");
        return {
          *waiter() {
            yield* lock.lock();
            log.push(yield* variable.wait(lock));
          },
          *destroyer() {
            yield* kernel.snooze(10);
            yield* lock.lock();
            yield* variable.notifyAll(B_FILE_ERROR);
            yield* kernel.snooze(10);
            yield* lock.destroy();
          },
        };
      });
      expect([outcome.kind, ...log]).toEqual(["finished", B_FILE_ERROR]);
    }
  });

  test("all levels of a recursive lock are given back, and taken again", () => {
    const { log, outcome } = measured((kernel, log) => {
      const lock = new RecursiveLock(kernel, "r");
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *waiter() {
          for (let i = 0; i < 3; i++) yield* lock.lock();
          log.push(yield* variable.wait(lock), lock.recursion);
          for (let i = 0; i < 3; i++) lock.unlock();
          log.push(lock.recursion);
        },
        *notifier() {
          yield* kernel.snooze(10);
          yield* lock.lock();
          log.push("free meanwhile", lock.recursion);
          yield* variable.notifyOne();
          yield* kernel.snooze(10);
          lock.unlock();
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", "free meanwhile", 1, B_OK, 3, -1]);
  });

  test("without holding the lock it panics in unlocking it", () => {
    const waits = (make: (kernel: Kernel) => Mutex | RecursiveLock): string =>
      panicOf((kernel) => {
        const lock = make(kernel);
        return {
          *main() {
            yield* new ConditionVariable(kernel, "cv").wait(lock);
          },
        };
      });
    expect(waits((kernel) => new Mutex(kernel))).toBe(
      "_mutex_unlock() failure: thread 1 is trying to release mutex ADDRESS (current holder -1)",
    );
    expect(waits((kernel) => new RecursiveLock(kernel))).toBe("recursive_lock ADDRESS unlocked by non-holder thread!");
  });
});

describe("notifying", () => {
  test("has no memory: without a waiter it does nothing, and a later wait waits", () => {
    const { log, outcome } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *main() {
          log.push(yield* variable.notifyOne(), yield* variable.notifyAll());
          yield* variable.wait(null);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["deadlock", 0, 0]);
    expect(outcome.message).toBe('"main" waits for condition variable "cv"');
  });

  test("one takes the first that came, all takes all; each says how many", () => {
    const { log } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      const waiter = (name: string): Body =>
        function* () {
          yield* variable.wait(null);
          log.push(name);
        };
      return {
        a: waiter("a"),
        b: waiter("b"),
        c: waiter("c"),
        *notifier() {
          yield* kernel.snooze(10);
          log.push(yield* variable.notifyOne());
          yield* kernel.snooze(10);
          log.push(yield* variable.notifyAll());
        },
      };
    });
    expect(log).toEqual([1, "a", 2, "b", "c"]);
  });

  test("does not switch, whatever the woken thread's priority", () => {
    const { log } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      return {
        urgent: [
          function* () {
            yield* variable.wait(null);
            log.push("urgent");
          },
          { priority: 120 },
        ],
        *notifier() {
          yield* kernel.snooze(10);
          yield* variable.notifyOne();
          log.push("notifier goes on");
          yield* kernel.snooze(10);
        },
      };
    });
    expect(log).toEqual(["notifier goes on", "urgent"]);
  });

  test("with a status above 0 it panics", () => {
    const notify = (act: (variable: ConditionVariable) => Iterable<undefined, unknown, void>): string =>
      panicOf((kernel) => ({
        *main() {
          yield* act(new ConditionVariable(kernel, "cv"));
        },
      }));
    expect(notify((variable) => variable.notifyOne(1))).toBe("tried to notify with invalid result 1");
    expect(notify((variable) => variable.notifyAll(7))).toBe("tried to notify with invalid result 7");
  });

  test("a notify before the wait is lost on some schedule, and only there", () => {
    const { ends } = adversarial((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *waiter() {
          log.push(yield* variable.wait(null));
        },
        *notifier() {
          yield* variable.notifyOne(B_ERROR);
        },
      };
    });
    expect(ends).toEqual(["deadlock", "finished -1"]);
  });
});

describe("entries", () => {
  test("a notification between add and wait is remembered, and its status", () => {
    const { log, outcome } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      const entry = new ConditionVariableEntry();
      return {
        *main() {
          yield* variable.add(entry);
          log.push(yield* variable.notifyAll(B_FILE_ERROR), variable.waiters.length);
          log.push(yield* entry.wait());
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", 1, 0, B_FILE_ERROR]);
  });

  test("while exploring no notification after add is ever lost", () => {
    const { ends } = adversarial((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      const entry = new ConditionVariableEntry();
      const mutex = new Mutex(kernel, "m");
      return {
        *waiter() {
          yield* mutex.lock();
          yield* variable.add(entry);
          mutex.unlock();
          log.push(yield* entry.wait());
        },
        *notifier() {
          yield* mutex.lock();
          log.push(yield* variable.notifyAll());
          mutex.unlock();
        },
      };
    });
    expect(ends).toEqual(["deadlock 0", "finished 1 0"]);
  });

  test("time out, would block, or are interrupted like a plain wait, and are off the list then", () => {
    const { log, outcome } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *main() {
          const entry = new ConditionVariableEntry();
          yield* variable.add(entry);
          log.push(yield* entry.wait(B_RELATIVE_TIMEOUT, 10), variable.waiters.length);
          yield* variable.add(entry);
          log.push(yield* entry.wait(B_RELATIVE_TIMEOUT, 0), variable.waiters.length);
          yield* kernel.sendSignal(kernel.currentThread as Thread, SIGUSR1);
          yield* variable.add(entry);
          log.push(yield* entry.wait(B_CAN_INTERRUPT), variable.waiters.length);
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_TIMED_OUT, 0, B_WOULD_BLOCK, 0, B_INTERRUPTED, 0]);
  });

  test("waiting again without adding again returns the stored status at once", () => {
    const { log, outcome } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      return {
        *main() {
          const entry = new ConditionVariableEntry();
          yield* variable.add(entry);
          log.push(yield* entry.wait(B_RELATIVE_TIMEOUT, 10), yield* entry.wait());
          yield* variable.add(entry);
          yield* variable.notifyOne(B_ERROR);
          log.push(yield* entry.wait(), yield* entry.wait());
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", B_TIMED_OUT, B_TIMED_OUT, B_ERROR, B_ERROR]);
  });

  test("waiting before adding is a mistake of the user, and says so", () => {
    const { outcome } = measured(() => ({
      *main() {
        yield* new ConditionVariableEntry().wait();
      },
    }));
    expect([outcome.kind, outcome.message]).toEqual([
      "assertion",
      "UsageError: ConditionVariableEntry: wait() before add()",
    ]);
  });

  test("waiting with interrupts disabled panics, with the entry's and the variable's address", () => {
    expect(
      panicOf((kernel) => {
        const variable = new ConditionVariable(kernel, "cv");
        return {
          *main() {
            yield* kernel.disableInterrupts();
            yield* variable.wait(null);
          },
        };
      }),
    ).toBe("ConditionVariableEntry::Wait() called with interrupts disabled, entry: ADDRESS, variable: ADDRESS");
  });
});

describe("publishing", () => {
  test("a published variable is found by its object; unpublishing wakes all with B_ENTRY_NOT_FOUND", () => {
    const { log, outcome } = measured((kernel, log) => {
      const variable = new ConditionVariable(kernel, "cv");
      const object = {};
      return {
        *waiter() {
          variable.publish(object);
          log.push(yield* variable.wait(null));
        },
        *other() {
          yield* kernel.snooze(10);
          log.push(ConditionVariable.find(kernel, object) === variable, ConditionVariable.find(kernel, {}));
          variable.unpublish();
          log.push(ConditionVariable.find(kernel, object));
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", true, null, null, B_ENTRY_NOT_FOUND]);
  });
});

describe("in memory", () => {
  const Waits = struct("Waits", { ready: conditionVariable() });

  test("zero-filled memory works without init", () => {
    const { log, outcome } = measured((kernel, log) => {
      const waits = kernel.heap.new(Waits);
      return {
        *waiter() {
          log.push(yield* waits.ready.wait(null));
        },
        *notifier() {
          yield* kernel.snooze(10);
          log.push(yield* waits.ready.notifyOne());
        },
      };
    });
    expect([outcome.kind, ...log]).toEqual(["finished", 1, B_OK]);
  });

  test("freed memory panics with the word found", () => {
    const freed = (act: (variable: ConditionVariable) => Iterable<undefined, unknown, void>): string =>
      panicOf((kernel) => ({
        *main() {
          const waits = kernel.heap.new(Waits);
          kernel.heap.delete(waits);
          yield* act(waits.ready);
        },
      }));
    const text =
      "acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system (last caller: 0x0000000000000000, value deadbeef)";
    expect(freed((variable) => variable.notifyAll())).toBe(text);
    expect(freed((variable) => variable.wait(null))).toBe(text);
    expect(freed((variable) => variable.add(new ConditionVariableEntry()))).toBe(text);
  });
});
