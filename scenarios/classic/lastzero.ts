// One thread looks for the last zero of an array from the right, n others each set one element from the one before it.
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Source sets" (JACM 2017), the program on which source sets alone explore
// many executions that are cut short; (n+3) * 2^(n-2) traces (facts: explorer.md, D.2). Nothing is wrong.
// explore: finished, 12 traces.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { alike, classic, size, type Threads } from "./program.js";

export function lastZero(kernel: Kernel, n: number): Threads {
  const array = Array.from({ length: n + 1 }, (_, i) => new Atomic(kernel, 0, `a${i}`));
  const at = (place: number): Atomic => array[place] as Atomic;
  return {
    reader: () => searching(at, n),
    ...alike("writer", n, (place) => () => setting(at(place), at(place + 1))),
  };
}

function* searching(at: (place: number) => Atomic, n: number): Steps<void> {
  for (let i = n; (yield* at(i).get()) !== 0;) i--;
}

function* setting(before: Atomic, own: Atomic): Steps<void> {
  const value = yield* before.get();
  yield* own.set(value + 1);
}

export default classic("lastzero", {
  about: "A reader looks for the last zero while n writers fill the array: the test of source sets.",
  parameters: { n: size(3, "writers") },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { n }) => lastZero(kernel, n),
});
