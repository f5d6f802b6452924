// A lock whose threads draw tickets and wait until theirs is served.
//
// Source: Mellor-Crummey and Scott, "Algorithms for scalable synchronization" (1991). Every access is a step. What is wrong: a
// ticket is drawn by a read and a write, so that two threads draw the same. Fixed, it is one atomic addition.
// explore: livelock, where the number that somebody waits for is passed over; and assertion.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { alike, classic, criticalSection, fixedBy, size, type Threads } from "./program.js";

export function ticketLock(kernel: Kernel, threads: number, fixed: boolean): Threads {
  const next = new Atomic(kernel, 0, "next ticket");
  const serving = new Atomic(kernel, 0, "now serving");
  const inside = new Atomic(kernel, 0, "inside");
  return alike(
    "t",
    threads,
    () =>
      function* () {
        const ticket = yield* fixed ? next.add(1) : next.get();
        if (!fixed) yield* next.set(ticket + 1);
        while ((yield* serving.get()) !== ticket) yield* kernel.yieldThread();
        yield* criticalSection(inside);
        yield* serving.set(ticket + 1);
      },
  );
}

export default classic("ticket-lock", {
  about: "Two threads draw the same ticket.",
  parameters: { threads: size(2, "threads", 2), ...fixedBy("draw a ticket in one atomic addition") },
  expect: { run: "finished", explore: "livelock" },
  threads: (kernel, { threads, fixed }) => ticketLock(kernel, threads, fixed),
});
