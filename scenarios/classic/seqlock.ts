// Two numbers change together between two counts; a reader takes them when the count was even.
//
// Source: the sequence locks of Linux (Lameter, "Effective synchronization on Linux/NUMA systems", 2005). Every access is a step.
// What is wrong: the reader looks at the count before it reads, and not once more afterwards. Fixed, it reads again when
// the count has changed.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { check, classic, fixedBy, size, type Threads } from "./program.js";

export function sequenceLock(kernel: Kernel, writes: number, fixed: boolean): Threads {
  const sequence = new Atomic(kernel, 0, "sequence");
  const a = new Atomic(kernel, 0, "a");
  const b = new Atomic(kernel, 0, "b");
  return {
    *writer() {
      for (let value = 1; value <= writes; value++) {
        yield* sequence.add(1);
        yield* a.set(value);
        yield* b.set(value);
        yield* sequence.add(1);
      }
    },
    *reader() {
      for (;;) {
        const before = yield* sequence.get();
        if (before % 2 === 0) {
          const same = (yield* a.get()) === (yield* b.get());
          if (!fixed || (yield* sequence.get()) === before) return check(same, "read half of a change");
        }
        yield* kernel.yieldThread();
      }
    },
  };
}

export default classic("seqlock", {
  about: "A reader of a sequence lock does not look whether the count has changed.",
  parameters: { writes: size(1, "changes"), ...fixedBy("read again when the count has changed") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { writes, fixed }) => sequenceLock(kernel, writes, fixed),
});
