// Mutual exclusion of n threads that draw numbers, the lowest going first.
//
// Source: Lamport, "A new solution of Dijkstra's concurrent programming problem" (1974). Every access is a step, in one order
// that all see (sequential consistency). What is wrong: drawing a number is not announced, so a thread goes in while
// another is still about to write down the same number as its own. Fixed, all wait for those who are choosing.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { alike, classic, criticalSection, fixedBy, size, type Threads } from "./program.js";

export function bakery(kernel: Kernel, threads: number, fixed: boolean): Threads {
  const atomics = (name: string): Atomic[] =>
    Array.from({ length: threads }, (_, i) => new Atomic(kernel, 0, `${name} ${i + 1}`));
  const [choosing, numbers] = [atomics("choosing"), atomics("number")];
  const inside = new Atomic(kernel, 0, "inside");

  function* draw(): Steps<number> {
    let most = 0;
    for (const number of numbers) most = Math.max(most, yield* number.get());
    return most + 1;
  }

  function* isBefore(other: number, self: number, own: number): Steps<boolean> {
    const theirs = yield* (numbers[other] as Atomic).get();
    return theirs !== 0 && (theirs < own || (theirs === own && other < self));
  }

  return alike("t", threads, (self) => {
    const [chooses, number] = [choosing[self], numbers[self]] as [Atomic, Atomic];
    return function* () {
      if (fixed) yield* chooses.set(1);
      const own = yield* draw();
      yield* number.set(own);
      if (fixed) yield* chooses.set(0);
      for (const [other, theirs] of choosing.entries()) {
        if (other === self) continue;
        while (fixed && (yield* theirs.get()) === 1) yield* kernel.yieldThread();
        while (yield* isBefore(other, self, own)) yield* kernel.yieldThread();
      }
      yield* criticalSection(inside);
      yield* number.set(0);
    };
  });
}

export default classic("bakery", {
  about: "Lamport's bakery, whose customers do not say that they are drawing a number.",
  parameters: { threads: size(2, "threads", 2), ...fixedBy("wait for those who are drawing") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { threads, fixed }) => bakery(kernel, threads, fixed),
});
