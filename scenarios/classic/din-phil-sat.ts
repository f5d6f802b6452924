// Philosophers who take both forks at once, under a lock for all of them, and count who has eaten.
//
// Source: SCTBench, CS/din_philN_sat. The locking is right; what is wrong is the assertion, that not all of them ever
// eat. Fixed, it asserts that no more have eaten than there are.
// explore: assertion in every trace.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

export function satedPhilosophers(kernel: Kernel, n: number, fixed: boolean): Threads {
  const table = new Mutex(kernel, "table");
  const forks = Array.from({ length: n }, (_, i) => new Mutex(kernel, `fork ${i + 1}`));
  const sated = shared(kernel, 0, "sated");
  return alike("philosopher ", n, (place) => {
    const [right, left] = [forks[place], forks[(place + 1) % n]] as [Mutex, Mutex];
    return function* () {
      yield* table.lock();
      yield* right.lock();
      yield* left.lock();
      left.unlock();
      right.unlock();
      const count = ++sated.value;
      table.unlock();
      check(fixed ? count <= n : count < n, "all have eaten");
    };
  });
}

export default classic("din-phil-sat", {
  about: "Philosophers who cannot deadlock, and an assertion that they never all eat.",
  parameters: { n: size(3, "philosophers", 2), ...fixedBy("assert that no more have eaten than there are") },
  expect: { run: "assertion", explore: "assertion" },
  threads: (kernel, { n, fixed }) => satedPhilosophers(kernel, n, fixed),
});
