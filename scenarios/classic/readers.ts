// One thread writes a variable, n read it.
//
// Source: the test "readers" of Nidhugg and GenMC (facts: explorer.md, D.2): 2^n traces, for each reader before or after
// the write. Whoever takes reads for dependent on each other explores (n+1)! instead. Nothing is wrong.
// explore: finished, 8 traces.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { alike, classic, size, type Threads } from "./program.js";

export function readersOf(kernel: Kernel, n: number): Threads {
  const x = new Atomic(kernel, 0, "x");
  return { writer: () => writing(x), ...alike("reader", n, () => () => reading(x)) };
}

function* writing(x: Atomic): Steps<void> {
  yield* x.set(1);
}

function* reading(x: Atomic): Steps<void> {
  yield* x.get();
}

export default classic("readers", {
  about: "One writer and n readers of a variable: reads commute.",
  parameters: { n: size(3, "readers") },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { n }) => readersOf(kernel, n),
});
