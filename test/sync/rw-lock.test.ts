// Goal: a reader/writer lock lets readers share, writers alone, nobody overtake, and panics with Haiku's texts.
// Method: small threads in measured time, all orders where order matters (facts: haiku.md, section 4).
import { expect, test } from "vitest";
import { B_ERROR, B_OK } from "#base/status";
import { RwLock } from "#sync/rw-lock";
import { Semaphore } from "#sync/semaphore";
import { adversarial, measured, panicOf } from "../kernel/running.js";

test("readers share it, a writer has it alone", () => {
  const { log, outcome } = measured((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    return {
      *first() {
        yield* lock.readLock();
        log.push("first in");
        yield* kernel.snooze(100);
        log.push("first out");
        lock.readUnlock();
      },
      *second() {
        yield* kernel.snooze(10);
        yield* lock.readLock();
        log.push("second in");
        yield* kernel.snooze(100);
        log.push("second out");
        lock.readUnlock();
      },
      *writer() {
        yield* kernel.snooze(20);
        log.push(yield* lock.writeLock(), "writer in");
        yield* kernel.snooze(100);
        log.push("writer out");
        lock.writeUnlock();
      },
      *late() {
        yield* kernel.snooze(30);
        yield* lock.readLock();
        log.push("late in");
        lock.readUnlock();
      },
    };
  });
  expect(outcome.kind).toBe("finished");
  expect(log).toEqual(["first in", "second in", "first out", "second out", B_OK, "writer in", "writer out", "late in"]);
});

test("the readers behind a writer are let in together", () => {
  const { log } = measured((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    const reader = function* () {
      yield* kernel.snooze(10);
      yield* lock.readLock();
      log.push(lock.readers.length);
      yield* kernel.snooze(10);
      lock.readUnlock();
    };
    return {
      *writer() {
        yield* lock.writeLock();
        yield* kernel.snooze(100);
        lock.writeUnlock();
      },
      a: reader,
      b: reader,
    };
  });
  expect(log).toEqual([2, 2]);
});

test("the writer may write again and read", () => {
  const { log, outcome } = measured((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    return {
      *main() {
        log.push(yield* lock.writeLock(), yield* lock.writeLock(), yield* lock.readLock());
        lock.readUnlock();
        lock.writeUnlock();
        log.push(lock.holder()?.name);
        lock.writeUnlock();
        log.push(lock.holder()?.name);
      },
    };
  });
  expect([outcome.kind, ...log]).toEqual(["finished", B_OK, B_OK, B_OK, "main", undefined]);
});

test("a reader that asks to write waits for itself", () => {
  const { outcome } = measured((kernel) => {
    const lock = new RwLock(kernel, "rw");
    return {
      *main() {
        yield* lock.readLock();
        yield* lock.writeLock();
      },
    };
  });
  expect([outcome.kind, outcome.message]).toEqual(["deadlock", '"main" waits for rw lock "rw" held by "main"']);
});

test("a queued writer holds up a reader for whom another reader waits: that deadlock is explored", () => {
  const { ends } = adversarial((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    const semaphore = new Semaphore(kernel, 0, "s");
    return {
      *first() {
        using _ = yield* lock.readGuard();
        yield* semaphore.acquire();
      },
      *second() {
        using _ = yield* lock.readGuard();
        yield* semaphore.release();
      },
      *writer() {
        using _ = yield* lock.writeGuard();
        log.push("written");
      },
    };
  });
  expect(ends).toEqual(["deadlock", "finished written"]);
});

test("reading twice deadlocks when a writer comes in between, and only then", () => {
  const { ends } = adversarial((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    return {
      *reader() {
        yield* lock.readLock();
        yield* lock.readLock();
        lock.readUnlock();
        lock.readUnlock();
      },
      *writer() {
        yield* lock.writeLock();
        log.push("written");
        lock.writeUnlock();
      },
    };
  });
  expect(ends).toEqual(["deadlock", "finished written"]);
});

test("misuse panics", () => {
  const main = (act: (lock: RwLock) => Generator<undefined, unknown, void>): string =>
    panicOf((kernel) => {
      const lock = new RwLock(kernel, "rw");
      return { main: () => act(lock) };
    });
  const notRead = "rw_lock_read_unlock(): lock ADDRESS not read-locked";
  const notWritten = "rw_lock_write_unlock(): lock ADDRESS not write-locked by this thread";
  expect(
    main(function* (lock) {
      lock.readUnlock();
    }),
  ).toBe(notRead);
  expect(
    main(function* (lock) {
      lock.writeUnlock();
    }),
  ).toBe(notWritten);
  expect(
    main(function* (lock) {
      yield* lock.readLock();
      lock.writeUnlock();
    }),
  ).toBe(notWritten);
  expect(
    main(function* (lock) {
      yield* lock.readLock();
      lock.readUnlock();
      lock.readUnlock();
    }),
  ).toBe(notRead);
  expect(
    panicOf((kernel) => ({
      *main() {
        yield* kernel.disableInterrupts();
        yield* new RwLock(kernel).writeLock();
      },
    })),
  ).toBe("_rw_lock_write_lock(): called with interrupts disabled for lock ADDRESS");
});

test("destroyed by its writer, the waiters get B_ERROR", () => {
  const { log, outcome } = measured((kernel, log) => {
    const lock = new RwLock(kernel, "rw");
    return {
      *destroyer() {
        yield* lock.writeLock();
        yield* kernel.snooze(10);
        yield* lock.destroy();
      },
      *reader() {
        log.push(yield* lock.readLock());
      },
      *writer() {
        log.push(yield* lock.writeLock());
      },
    };
  });
  expect([outcome.kind, ...log]).toEqual(["finished", B_ERROR, B_ERROR]);
});

test("destroyed while others wait, by a thread that does not write, it panics in the words of its day", () => {
  const destroy = (era: "aug23" | "head"): string =>
    panicOf(
      (kernel) => {
        const lock = new RwLock(kernel, "rw");
        return {
          *reader() {
            yield* lock.readLock();
            yield* kernel.snooze(100);
          },
          *writer() {
            yield* lock.writeLock();
          },
          *destroyer() {
            yield* kernel.snooze(10);
            yield* lock.destroy();
          },
        };
      },
      { era },
    );
  expect(destroy("aug23")).toBe(
    "rw_lock_destroy(): there are blocking threads, but the caller doesn't hold the write lock (ADDRESS)",
  );
  expect(destroy("head")).toBe(
    "rw_lock_destroy(): lock is in use and the caller doesn't hold the write lock (ADDRESS)",
  );
});
