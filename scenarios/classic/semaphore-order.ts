// A bounded buffer of semaphores: one for its places, one for its items, one to exclude others.
//
// Source: Dijkstra, "Cooperating sequential processes" (1965); the exercise of Tanenbaum's "Modern operating systems" that turns
// two of its operations round. What is wrong: a thread excludes the others before it waits for a place or an item. Fixed,
// it waits first.
// explore: deadlock.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Semaphore } from "#sync/semaphore";
import { classic, fixedBy, size, type Threads } from "./program.js";

export function semaphoreBuffer(kernel: Kernel, items: number, places: number, fixed: boolean): Threads {
  const free = new Semaphore(kernel, places, "free places");
  const full = new Semaphore(kernel, 0, "items");
  const exclusion = new Semaphore(kernel, 1, "mutual exclusion");

  function* move(from: Semaphore, to: Semaphore): Steps<void> {
    const [first, second] = fixed ? [from, exclusion] : [exclusion, from];
    for (let i = 0; i < items; i++) {
      yield* first.acquire();
      yield* second.acquire();
      yield* exclusion.release();
      yield* to.release();
    }
  }

  return { producer: () => move(free, full), consumer: () => move(full, free) };
}

export default classic("semaphore-order", {
  about: "A thread excludes all others, and then waits for one of them.",
  parameters: {
    items: size(2, "items"),
    places: size(1, "places of the buffer"),
    ...fixedBy("wait first, then exclude"),
  },
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { items, places, fixed }) => semaphoreBuffer(kernel, items, places, fixed),
});
