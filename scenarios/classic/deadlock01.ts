// Two threads take the same two locks in opposite orders.
//
// Source: SCTBench, CS/deadlock01_bad. With order=same both take a first.
// explore: deadlock in 1 of 3 traces; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { classic, locked, type Body, type Threads } from "./program.js";

export function twoLocks(kernel: Kernel, order: string): Threads {
  const a = new Mutex(kernel, "a");
  const b = new Mutex(kernel, "b");
  const counter = shared(kernel, 0, "counter");
  const takes = (first: Mutex, second: Mutex): Body =>
    function* () {
      yield* first.lock();
      yield* locked(second, () => counter.value++);
      first.unlock();
    };
  return { t1: takes(a, b), t2: order === "same" ? takes(a, b) : takes(b, a) };
}

export default classic("deadlock01", {
  about: "Two threads take two locks in opposite orders.",
  parameters: { order: { default: "crossed", oneOf: ["crossed", "same"], about: "same: both take a first" } },
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { order }) => twoLocks(kernel, order),
});
