// Mutual exclusion of two threads: who finds the other's flag raised steps back, unless it is its turn.
//
// Source: Dekker, in Dijkstra's EWD 123 (1965). Every access is a step, in one order that all see (sequential consistency). What
// is wrong: a thread looks at the other's flag before it raises its own. Fixed, it raises its own first.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { alike, classic, criticalSection, fixedBy, type Threads } from "./program.js";

export function dekker(kernel: Kernel, fixed: boolean): Threads {
  const flags = [new Atomic(kernel, 0, "flag 1"), new Atomic(kernel, 0, "flag 2")];
  const turn = new Atomic(kernel, 0, "turn");
  const inside = new Atomic(kernel, 0, "inside");

  function* enter(self: number, mine: Atomic, theirs: Atomic): Steps<void> {
    yield* mine.set(1);
    while ((yield* theirs.get()) === 1) {
      if ((yield* turn.get()) !== self) {
        yield* mine.set(0);
        while ((yield* turn.get()) !== self) yield* kernel.yieldThread();
        yield* mine.set(1);
      } else yield* kernel.yieldThread();
    }
  }

  function* enterTooEarly(mine: Atomic, theirs: Atomic): Steps<void> {
    while ((yield* theirs.get()) === 1) yield* kernel.yieldThread();
    yield* mine.set(1);
  }

  return alike("t", 2, (self) => {
    const [mine, theirs] = [flags[self], flags[1 - self]] as [Atomic, Atomic];
    return function* () {
      yield* fixed ? enter(self, mine, theirs) : enterTooEarly(mine, theirs);
      yield* criticalSection(inside);
      yield* turn.set(1 - self);
      yield* mine.set(0);
    };
  });
}

export default classic("dekker", {
  about: "Dekker's mutual exclusion, by threads that look before they raise their flags.",
  parameters: fixedBy("raise the flag, then look"),
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => dekker(kernel, fixed),
});
