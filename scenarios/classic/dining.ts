// Dining philosophers: n threads and n locks in a ring, each takes its own fork, then its neighbour's.
//
// Source: Dijkstra, EWD 310 (1971); counted in facts: explorer.md, D.2: 2^n - 1 traces, one of which is the deadlock.
// What is wrong: all take their own fork, and each waits for the next. With order=lowest each takes the lower
// numbered of its two forks first: the locks then have an order, and no cycle is possible.
// explore: deadlock in 1 of 7 traces.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Mutex } from "#sync/mutex";
import { alike, classic, size, type Threads } from "./program.js";

export function philosophers(kernel: Kernel, n: number, order: string): Threads {
  const forks = Array.from({ length: n }, (_, i) => new Mutex(kernel, `fork ${i + 1}`));
  return alike("philosopher ", n, (i) => {
    const places = [i, (i + 1) % n];
    if (order === "lowest") places.sort((a, b) => a - b);
    const [first, second] = places.map((place) => forks[place]) as [Mutex, Mutex];
    return () => eating(first, second);
  });
}

function* eating(first: Mutex, second: Mutex): Steps<void> {
  yield* first.lock();
  yield* second.lock();
  second.unlock();
  first.unlock();
}

export default classic("dining", {
  about: "Dining philosophers who take their own fork first wait for each other.",
  parameters: {
    n: size(3, "philosophers", 2),
    order: { default: "own", oneOf: ["own", "lowest"], about: "the fork that is taken first" },
  },
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { n, order }) => philosophers(kernel, n, order),
});
