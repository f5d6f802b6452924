// Goal: a recursive lock counts for its holder, waits for others, and panics with Haiku's texts.
// Method: small threads in measured time, all orders where order matters (facts: haiku.md, section 4).
import { expect, test } from "vitest";
import { B_ERROR, B_OK, B_WOULD_BLOCK } from "#base/status";
import { struct } from "#kernel/struct";
import { ConditionVariable } from "#sync/condition-variable";
import { RecursiveLock, recursiveLock } from "#sync/recursive-lock";
import { adversarial, measured, panicOf, type Body } from "../kernel/running.js";

test("the holder takes it again and again; only its last unlock gives it away", () => {
  const { log, outcome } = measured((kernel, log) => {
    const lock = new RecursiveLock(kernel, "r");
    return {
      *holder() {
        yield* lock.lock();
        log.push(lock.recursion, yield* lock.lock(), lock.recursion, yield* lock.tryLock(), lock.recursion);
        yield* kernel.snooze(10);
        lock.unlock();
        lock.unlock();
        log.push(lock.recursion, lock.holder()?.name);
        lock.unlock();
        log.push(lock.recursion, lock.holder()?.name);
      },
      *waiter() {
        log.push(lock.recursion, yield* lock.tryLock());
        yield* lock.lock();
        log.push("waiter", lock.recursion);
        lock.unlock();
      },
    };
  });
  expect(outcome.kind).toBe("finished");
  expect(log).toEqual([1, B_OK, 2, B_OK, 3, -1, B_WOULD_BLOCK, 1, "holder", -1, "waiter", "waiter", 1]);
});

test("waiters get it first come, first served", () => {
  const { log } = measured((kernel, log) => {
    const lock = new RecursiveLock(kernel, "r");
    const waiter = (name: string): Body =>
      function* () {
        using _ = yield* lock.guard();
        log.push(name);
      };
    return {
      *holder() {
        yield* lock.lock();
        yield* kernel.snooze(10);
        lock.unlock();
        yield* lock.lock();
        log.push("holder");
        lock.unlock();
      },
      a: waiter("a"),
      b: waiter("b"),
    };
  });
  expect(log).toEqual(["a", "b", "holder"]);
});

test("unlocked by another thread, or by nobody's holder, it panics", () => {
  const text = "recursive_lock ADDRESS unlocked by non-holder thread!";
  expect(
    panicOf((kernel) => {
      const lock = new RecursiveLock(kernel, "r");
      return {
        *holder() {
          yield* lock.lock();
          yield* kernel.snooze(100);
        },
        *other() {
          yield* kernel.snooze(10);
          lock.unlock();
        },
      };
    }),
  ).toBe(text);
  expect(
    panicOf((kernel) => ({
      *main() {
        new RecursiveLock(kernel, "r").unlock();
      },
    })),
  ).toBe(text);
});

test("locked with interrupts disabled it panics, by address and name", () => {
  expect(
    panicOf((kernel) => {
      const lock = new RecursiveLock(kernel, "tree");
      return {
        *main() {
          yield* kernel.disableInterrupts();
          yield* lock.lock();
        },
      };
    }),
  ).toBe('recursive_lock_lock: called with interrupts disabled for lock ADDRESS ("tree")');
});

test("destroyed, its waiters get B_ERROR and do not hold it", () => {
  const { log, outcome } = measured((kernel, log) => {
    const lock = new RecursiveLock(kernel, "r");
    return {
      *destroyer() {
        yield* lock.lock();
        yield* kernel.snooze(10);
        yield* lock.destroy();
      },
      *waiter() {
        log.push(yield* lock.lock(), lock.recursion);
      },
    };
  });
  expect([outcome.kind, ...log]).toEqual(["finished", B_ERROR, -1]);
});

test("while exploring, a waiter is found queued by whoever destroys it, or not", () => {
  const { ends } = adversarial((kernel, log) => {
    const lock = new RecursiveLock(kernel, "r");
    return {
      *destroyer() {
        yield* lock.lock();
        yield* lock.destroy();
      },
      *waiter() {
        const status = yield* lock.lock();
        log.push(status);
        if (status === B_OK) lock.unlock();
      },
    };
  });
  expect(ends).toEqual([`finished ${B_ERROR}`, "finished 0"]);
});

test("that a wait gives it back is seen by whoever tries it, on some schedule each", () => {
  const { ends } = adversarial((kernel, log) => {
    const lock = new RecursiveLock(kernel, "r");
    const variable = new ConditionVariable(kernel, "cv");
    return {
      *waiter() {
        yield* lock.lock();
        yield* lock.lock();
        yield* variable.wait(lock);
      },
      *trier() {
        log.push((yield* lock.tryLock()) === B_OK ? "got it" : "held");
      },
    };
  });
  expect(ends).toEqual(["deadlock got it", "deadlock held"]);
});

test("freed memory panics with the word found", () => {
  const Raw = struct("Raw", { lock: recursiveLock("r") });
  expect(
    panicOf((kernel) => ({
      *main() {
        const raw = kernel.heap.new(Raw);
        kernel.heap.delete(raw);
        yield* raw.lock.lock();
      },
    })),
  ).toBe(
    "acquire_spinlock: attempt to acquire lock ADDRESS twice on non-SMP system (last caller: 0x0000000000000000, value deadbeef)",
  );
});
