// One thread looks for the last zero of an array from the right, n others each set one element from the one before it.
//
// Source: Abdulla, Aronis, Jonsson, Sagonas, "Source sets" (JACM 2017), the program on which source sets alone explore
// many executions that are cut short; (n+3) * 2^(n-2) traces (facts: explorer.md, D.2). Nothing is wrong.
// explore: finished, 12 traces.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { alike, classic, size, type Threads } from "./program.js";

export function lastZero(kernel: Kernel, n: number): Threads {
  const array = Array.from({ length: n + 1 }, (_, i) => new Atomic(kernel, 0, `a${i}`));
  const at = (place: number): Atomic => array[place] as Atomic;
  return {
    *reader() {
      for (let i = n; (yield* at(i).get()) !== 0;) i--;
    },
    ...alike(
      "writer",
      n,
      (place) =>
        function* () {
          const before = yield* at(place).get();
          yield* at(place + 1).set(before + 1);
        },
    ),
  };
}

export default classic("lastzero", {
  about: "A reader looks for the last zero while n writers fill the array: the test of source sets.",
  parameters: { n: size(3, "writers") },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { n }) => lastZero(kernel, n),
});
