// Setters write a, then b; checkers assert that they see both writes or neither.
//
// Source: SCTBench, CS/reorder_N_bad: N threads, N-1 of them setters. Every access is a step. What is wrong: nothing makes
// the pair one. Rare for a random walk when there are many setters, since a checker must look while nobody is done.
// Fixed, setters and checkers hold a mutex.
// explore: assertion in 8 of 52 traces; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

export function reorder(kernel: Kernel, setters: number, checkers: number, fixed: boolean): Threads {
  const a = new Atomic(kernel, 0, "a");
  const b = new Atomic(kernel, 0, "b");
  const mutex = new Mutex(kernel, "m");
  const setter = function* () {
    if (fixed) yield* mutex.lock();
    yield* a.set(1);
    yield* b.set(-1);
    if (fixed) mutex.unlock();
  };
  const checker = function* () {
    if (fixed) yield* mutex.lock();
    const neither = (yield* a.get()) === 0 && (yield* b.get()) === 0;
    const both = neither || ((yield* a.get()) === 1 && (yield* b.get()) === -1);
    check(both, "saw one write without the other");
    if (fixed) mutex.unlock();
  };
  return { ...alike("setter", setters, () => setter), ...alike("checker", checkers, () => checker) };
}

export default classic("reorder", {
  about: "A checker sees one of two writes that belong together.",
  parameters: {
    setters: size(2, "threads that write"),
    checkers: size(1, "threads that look"),
    ...fixedBy("all hold a mutex"),
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { setters, checkers, fixed }) => reorder(kernel, setters, checkers, fixed),
});
