// Programs at the edges of what a strategy expects: nobody there, nothing to choose, and what was learned from one execution
// wrong in the next.

import type { Program } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { B_OK } from "#base/status";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { shared } from "#sync/shared";

function* adding(counter: Atomic, times: number): Steps<void> {
  for (let i = 0; i < times; i++) yield* counter.add(1);
}

function* nothing(): Steps<void> {}

function* panicking(kernel: Kernel): Steps<void> {
  kernel.panic("at once");
}

function* waiting(semaphore: Semaphore): Steps<void> {
  yield* semaphore.acquire();
}

export const nobody: Program = (simulation) => {
  new Kernel(simulation);
};

export const nothingAtAll: Program = () => {};

export const oneThread: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const counter = new Atomic(kernel, 0, "x");
  kernel.spawn("t", () => adding(counter, 3));
};

export const emptyThreads: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  for (const name of ["a", "b"]) kernel.spawn(name, nothing);
};

export const panicAtOnce: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  kernel.spawn("a", () => panicking(kernel));
  kernel.spawn("b", nothing);
};

/** Before there is a thread. */
export const panicWhileBuilt: Program = (simulation) => {
  new Kernel(simulation).panic("while it was built");
};

export const allBlocked: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const semaphore = new Semaphore(kernel, 0, "never released");
  for (const name of ["a", "b", "c"]) kernel.spawn(name, () => waiting(semaphore));
};

export const onlyADaemonWaits: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const semaphore = new Semaphore(kernel, 0, "never released");
  kernel.spawn("daemon", () => waiting(semaphore), { daemon: true });
};

export const nobodyResumed: Program = (simulation) => {
  new Kernel(simulation).spawnSuspended("suspended", nothing, { daemon: true });
};

/** How many threads there are, and where they go, is chosen. */
export const threadsByChoice: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const counters = ["x", "y"].map((name) => new Atomic(kernel, 0, name));
  const at = (place: number): Atomic => counters[place % 2] as Atomic;
  function* first(): Steps<void> {
    const threads = simulation.choose(4, "threads");
    for (let i = 0; i < threads; i++) kernel.spawn(`child ${i}`, () => adding(at(i), 1 + i));
    for (const counter of counters) yield* counter.add(1);
  }
  kernel.spawn("first", first);
  kernel.spawn("second", () => adding(at(0), 3));
};

/** Threads spawn threads, depending on who came first. */
export const threadsByRace: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const counter = new Atomic(kernel, 0, "x");
  function* branching(depth: number): Steps<void> {
    const before = yield* counter.add(1);
    if (before % 2 === depth % 2 && depth < 3) {
      kernel.spawn("left", () => branching(depth + 1));
      kernel.spawn("right", () => branching(depth + 2));
    }
    yield* counter.add(1);
  }
  kernel.spawn("a", () => branching(0));
  kernel.spawn("b", () => branching(1));
};

/** An object that only those executions have in which the threads came in one order. */
export const objectsByRace: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const counter = new Atomic(kernel, 0, "x");
  function* racing(self: number): Steps<void> {
    if ((yield* counter.add(1)) !== self) return;
    const own = new Atomic(kernel, 0, `of ${self}`);
    kernel.spawn("helper", () => adding(own, 2));
    yield* adding(own, 2);
  }
  for (let i = 0; i < 3; i++) kernel.spawn(`t${i}`, () => racing(i));
};

/** A lock needs a mark, which one order of the threads shows. */
export const lateMark: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  const order = shared(kernel, 0, "order");
  function* ordered(self: number): Steps<void> {
    yield* lock.lock();
    order.value = order.value * 10 + self;
    const isLate = order.value === 432;
    lock.unlock();
    if (isLate && (yield* lock.tryLock()) === B_OK) lock.unlock();
  }
  for (let i = 0; i < 5; i++) kernel.spawn(`t${i}`, () => ordered(i));
};

/** Each holds what the other wants, and both have still to come to a third object: what was learned there is never used up. */
export const blockedBeforeItsTurn: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const [a, b] = [new Mutex(kernel, "a"), new Mutex(kernel, "b")];
  const counter = new Atomic(kernel, 0, "x");
  function* crossing(first: Mutex, second: Mutex): Steps<void> {
    yield* first.lock();
    yield* second.lock();
    yield* adding(counter, 2);
    second.unlock();
    first.unlock();
  }
  kernel.spawn("ab", () => crossing(a, b));
  kernel.spawn("ba", () => crossing(b, a));
  kernel.spawn("free", () => adding(counter, 1));
};

export const polling: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const flag = shared(kernel, 0, "flag");
  kernel.spawn("polls", function* () {
    while (flag.value === 0) yield* kernel.snooze(10);
  });
  kernel.spawn("raises", function* () {
    yield* kernel.snooze(100);
    flag.value = 1;
  });
};

export const ODD_PROGRAMS: Readonly<Record<string, Program>> = {
  nobody,
  nothingAtAll,
  oneThread,
  emptyThreads,
  panicAtOnce,
  panicWhileBuilt,
  allBlocked,
  onlyADaemonWaits,
  nobodyResumed,
  threadsByChoice,
  threadsByRace,
  objectsByRace,
  lateMark,
  blockedBeforeItsTurn,
  polling,
};
