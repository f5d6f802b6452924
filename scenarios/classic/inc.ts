// Threads that each lock and unlock one mutex n times, and count.
//
// Source: the smallest program whose traces are counted everywhere (facts: explorer.md, D.2 and E.1): with two threads
// they are C(2n, n), one for each order of the critical sections. Nothing is wrong.
// explore: finished, 20 traces.

import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { alike, classic, locked, size, type Threads } from "./program.js";

export function increments(kernel: Kernel, threads: number, n: number): Threads {
  const mutex = new Mutex(kernel, "m");
  const count = shared(kernel, 0, "count");
  const increase = (): number => count.value++;
  return alike("t", threads, () => () => incrementing(mutex, increase, n));
}

function* incrementing(mutex: Mutex, increase: () => void, n: number): Steps<void> {
  for (let i = 0; i < n; i++) yield* locked(mutex, increase);
}

export default classic("inc", {
  about: "Threads count under one mutex; n times each.",
  parameters: { threads: size(2, "threads"), n: size(3, "critical sections of each") },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { threads, n }) => increments(kernel, threads, n),
});
