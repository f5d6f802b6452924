// Two threads lock a mutex twice and unlock it once.
//
// Source: SCTBench, CS/phase01_bad. What is wrong: x stays locked when the first of them ends, and the other waits for ever.
// Fixed, x is given back at the end.
// explore: deadlock in every one of the 6 traces.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { classic, fixedBy, locked, type Body, type Threads } from "./program.js";

const nothing = (): void => {};

export function phases(kernel: Kernel, fixed: boolean): Threads {
  const x = new Mutex(kernel, "x");
  const y = new Mutex(kernel, "y");
  const phase: Body = function* () {
    yield* locked(x, nothing);
    yield* x.lock();
    yield* locked(y, nothing);
    yield* locked(y, nothing);
    if (fixed) x.unlock();
  };
  return { t1: phase, t2: phase };
}

export default classic("phase01", {
  about: "A thread ends with a mutex held that another wants.",
  parameters: fixedBy("unlock at the end"),
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { fixed }) => phases(kernel, fixed),
});
