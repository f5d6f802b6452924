// n threads write one variable, each a value of its own.
//
// Source: facts: explorer.md, D.2: n! traces, since no two of the writes commute. Nothing is wrong.
// explore: finished, 6 traces.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { alike, classic, size, type Threads } from "./program.js";

export function writersOf(kernel: Kernel, n: number): Threads {
  const x = new Atomic(kernel, 0, "x");
  return alike("writer", n, (place) => () => writing(x, place + 1));
}

function* writing(x: Atomic, value: number): Steps<void> {
  yield* x.set(value);
}

export default classic("writers", {
  about: "n writers of one variable: no two of them commute.",
  parameters: { n: size(3, "writers") },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { n }) => writersOf(kernel, n),
});
