// Mutual exclusion of two threads with two flags and a turn.
//
// Source: Peterson, "Myths about the mutual exclusion problem" (1981). Every access is a step, in one order that all see
// (sequential consistency). What is wrong: a thread gives the turn away before it raises its flag. Fixed, it raises
// the flag first.
// explore: assertion; it needs two preemptions.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { alike, classic, criticalSection, fixedBy, size, type Threads } from "./program.js";

export function peterson(kernel: Kernel, rounds: number, fixed: boolean): Threads {
  const flags = [new Atomic(kernel, 0, "flag 1"), new Atomic(kernel, 0, "flag 2")];
  const turn = new Atomic(kernel, 0, "turn");
  const inside = new Atomic(kernel, 0, "inside");
  return alike("t", 2, (self) => {
    const other = 1 - self;
    const [mine, theirs] = [flags[self], flags[other]] as [Atomic, Atomic];
    return function* () {
      for (let round = 0; round < rounds; round++) {
        if (fixed) yield* mine.set(1);
        yield* turn.set(other);
        if (!fixed) yield* mine.set(1);
        while ((yield* theirs.get()) === 1 && (yield* turn.get()) === other) yield* kernel.yieldThread();
        yield* criticalSection(inside);
        yield* mine.set(0);
      }
    };
  });
}

export default classic("peterson", {
  about: "Peterson's mutual exclusion, with two of its writes the wrong way round.",
  parameters: {
    rounds: size(1, "critical sections of each"),
    ...fixedBy("raise the flag before giving the turn away"),
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { rounds, fixed }) => peterson(kernel, rounds, fixed),
});
