// Programs that fail, and the debugger open on one of their failures.

import { B_CAN_INTERRUPT, type Steps } from "lockstep";
import { explore, type ExploreOptions } from "#explore/explorer";
import type { Program } from "#explore/execution";
import { Debugger } from "#kdl/debugger";
import { B_OK } from "#base/status";
import { JUDGES } from "#judges/all";
import { Kernel } from "#kernel/kernel";
import type { OutcomeKind } from "#kernel/outcome";
import { bool, reference, struct, uint32 } from "#kernel/struct";
import { conditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { mutex } from "#sync/mutex-field";
import { RecursiveLock } from "#sync/recursive-lock";
import { RwLock } from "#sync/rw-lock";
import { Semaphore } from "#sync/semaphore";
import { Spinlock } from "#sync/spinlock";
import type { Schedule } from "#trace/schedule";

/** A schedule of an inline program: its name means nothing. */
const SCHEDULE: Schedule = {
  scenario: "inline",
  parameters: {},
  cpus: 1,
  debug: "kdebug",
  time: "adversarial",
  marks: [],
  choices: [],
};

/** The debugger on a failure of this kind. */
export function debuggerOn(program: Program, kind: OutcomeKind, options: ExploreOptions = {}): Debugger {
  const result = explore(program, { strategy: "sleep", ...options });
  const found = result.findings.find((finding) => finding.outcome.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} found`);
  const schedule = { ...SCHEDULE, choices: found.choices, marks: found.marks };
  return new Debugger({ program, schedule, judges: JUDGES });
}

/** The debugger on the one run in measured time. */
export function debuggerOnRun(program: Program): Debugger {
  return new Debugger({ program, schedule: { ...SCHEDULE, time: "measured" }, judges: [] });
}

/** What the debugger says to a line: answers and complaints alike. */
export function says(kdl: Debugger, line: string): string {
  return kdl
    .perform(line)
    .map(({ text }) => text)
    .join("");
}

export const Mailbox = struct("mailbox", {
  lock: mutex("mailbox lock"),
  letters: uint32(),
  closing: bool(),
  arrived: conditionVariable("letter arrived"),
  owner: reference<object>(),
});

/** A close that sets its flag and notifies without the lock: the reader may never hear of it. */
export const lostWakeup: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const box = kernel.heap.new(Mailbox);
  function* box_read(): Steps<number> {
    yield* box.lock.lock();
    while (box.letters === 0 && !box.closing) {
      const status = yield* box.arrived.wait(box.lock, B_CAN_INTERRUPT);
      if (status !== B_OK) break;
    }
    box.lock.unlock();
    return B_OK;
  }
  function* box_close(): Steps<void> {
    box.closing = true;
    yield* box.arrived.notifyAll();
  }
  kernel.spawn("reader", box_read);
  kernel.spawn("closer", box_close);
};

/** A reader that locks again in memory which close has freed. */
export const useAfterFree: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const box = kernel.heap.new(Mailbox);
  box.letters = 7;
  kernel.spawn("reader", function* box_read() {
    yield* box.lock.lock();
    while (!box.closing) yield* box.arrived.wait(box.lock);
    box.lock.unlock();
  });
  kernel.spawn("closer", function* box_close() {
    yield* box.lock.lock();
    box.closing = true;
    yield* box.arrived.notifyAll();
    box.lock.unlock();
    kernel.heap.delete(box);
  });
};

/** Two threads that take two mutexes in opposite orders; one of them has a spinlock's section before. */
export const oppositeOrders: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const queue = new Mutex(kernel, "queue");
  const pool = new Mutex(kernel, "pool");
  const spinlock = new Spinlock(kernel, "register");
  function* move(from: Mutex, to: Mutex): Steps<void> {
    yield* from.lock();
    yield* to.lock();
    to.unlock();
    from.unlock();
  }
  kernel.spawn("filler", function* () {
    const wereOn = yield* kernel.disableInterrupts();
    yield* spinlock.acquire();
    spinlock.release();
    kernel.restoreInterrupts(wereOn);
    yield* move(queue, pool);
  });
  kernel.spawn("drainer", () => move(pool, queue));
};

/** Each kind of lock, had by one thread and waited for by another. */
export const everyLock: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const semaphore = new Semaphore(kernel, 2, "slots");
  const lock = new RecursiveLock(kernel, "config");
  const table = new RwLock(kernel, "table");
  kernel.spawn("holder", function* () {
    yield* semaphore.acquire(2);
    yield* lock.lock();
    yield* lock.lock();
    yield* table.readLock();
    yield* kernel.snooze(1_000_000);
  });
  kernel.spawn("taker", function* () {
    yield* kernel.snooze(10);
    yield* semaphore.acquire();
  });
  kernel.spawn("locker", function* () {
    yield* kernel.snooze(10);
    yield* lock.lock();
  });
  kernel.spawn("writer", function* () {
    yield* kernel.snooze(10);
    yield* table.writeLock();
  });
};

/** Two threads that count, in turns. */
export function manyRounds(rounds: number): Program {
  return (simulation) => {
    const kernel = new Kernel(simulation);
    const box = kernel.heap.new(Mailbox);
    function* count(): Steps<void> {
      for (let round = 0; round < rounds; round++) {
        yield* box.lock.lock();
        box.letters++;
        box.lock.unlock();
        yield* kernel.snooze(10);
      }
    }
    for (const name of ["left", "right"]) kernel.spawn(name, count);
  };
}
