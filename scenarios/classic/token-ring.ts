// Three threads hand a number on, a fourth asserts that all have the same once each has had its turn.
//
// Source: SCTBench, CS/token_ring_bad. Every access is locked; what is wrong is that nothing orders the turns. Fixed, each
// waits for the turn before its own.
// explore: assertion in 4 of 24 traces, without a preemption.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, WAKEUPS, type Body, type Threads } from "./program.js";

const ALL = 0b111;

export function tokenRing(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const moved = new ConditionVariable(kernel, "token moved");
  const x1 = shared(kernel, 1, "x1");
  const x2 = shared(kernel, 2, "x2");
  const x3 = shared(kernel, 1, "x3");
  const done = shared(kernel, 0, "flags");
  const turn = (move: () => void, before: number, own: number): Body =>
    function* () {
      yield* mutex.lock();
      while (fixed && (done.value & before) !== before) yield* moved.wait(mutex);
      move();
      done.value |= own;
      if (fixed) yield* moved.notifyAll();
      mutex.unlock();
    };
  return {
    t1: turn(() => (x1.value = (x3.value + 1) % 4), 0, 0b001),
    t2: turn(() => (x2.value = x1.value), 0b001, 0b010),
    t3: turn(() => (x3.value = x2.value), 0b010, 0b100),
    t4: () =>
      locked(mutex, () => {
        if (done.value === ALL) check(x1.value === x2.value && x2.value === x3.value, "tokens differ");
      }),
  };
}

export default classic("token-ring", {
  about: "Three threads hand a number on, in an order that nobody keeps.",
  parameters: { ...fixedBy("each waits for the turn before its own"), ...WAKEUPS },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => tokenRing(kernel, fixed),
});
