// Goal: a report of threads that wait says which look misled a waiter, and which lock a waiter keeps from others.
// Method: small programs, explored, replayed and explained as a user would see them.
import { describe, expect, test } from "vitest";
import type { Program } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { explain } from "#report/explain";
import { plainPaint } from "#report/paint";
import { Story } from "#report/story";
import { waitTable } from "#report/waits";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";
import { failureOf } from "./programs.js";

/** A waiter that holds the lock which its waker, a daemon, needs first. */
const keepsLock: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "controller");
  const idle = new Semaphore(kernel, 0, "idle");
  kernel.spawn(
    "completion",
    function* complete(): Steps<void> {
      yield* lock.lock();
      yield* idle.release();
      lock.unlock();
    },
    { daemon: true },
  );
  kernel.spawn("reset", function* reset(): Steps<void> {
    yield* lock.lock();
    yield* idle.acquire();
    lock.unlock();
  });
};

/** A writer that changes a counter, and then tests it: only the second look is the test. */
const looksTwice: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "port");
  const drained = new ConditionVariable(kernel, "drained");
  const kick = new Semaphore(kernel, 0, "kick");
  const pending = shared(kernel, 0, "pending");
  kernel.spawn("interrupt", function* interrupt(): Steps<void> {
    yield* kick.acquire();
    pending.value = 0;
    yield* drained.notifyAll();
  });
  kernel.spawn("writer", function* write(): Steps<void> {
    yield* lock.lock();
    pending.value = pending.value + 4;
    yield* kick.release();
    while (pending.value !== 0) yield* drained.wait(lock); // the test
    lock.unlock();
  });
};

describe("a waiter that keeps a lock from others", () => {
  const { events, outcome } = failureOf(keepsLock, "deadlock");

  test("is told with it, and with who waits for that", () => {
    const { sentences, hints } = explain(events, outcome);
    expect(sentences.map((sentence) => sentence.replaceAll(/ \([^)]*\)/g, ""))).toContain(
      '"reset" holds mutex "controller", taken at step 3 in reset, all the while, and "completion" waits for that in complete: if it was to release semaphore "idle", nobody ever does.',
    );
    expect(hints[0]).toMatch(/^Give mutex "controller" back before waiting for semaphore "idle"/);
    expect(sentences.join(" ")).not.toContain("waiting as it may");
  });

  test("has the daemon that stands before the lock beside it in the table", () => {
    const table = waitTable(new Story(events), outcome, 100, plainPaint);
    expect(table).toMatch(/reset +semaphore "idle" +nobody releases it/);
    expect(table).toMatch(/completion +mutex "controller" +"reset", since step \d+/);
  });
});

test("the look that misled a waiter is its last before the change", () => {
  const { events, outcome } = failureOf(looksTwice, "deadlock");
  const changed = explain(events, outcome).sentences.find((sentence) => sentence.startsWith("What had changed"));
  expect(changed).toMatch(/"writer" had read it at step \d+ in write \(test\/report\/kept-lock\.test\.ts:54\)/);
});
