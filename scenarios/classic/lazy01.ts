// Two threads add 1 and 2 to a number, a third asserts that it is less than 3.
//
// Source: SCTBench, CS/lazy01_bad. Every access is locked; what is wrong is the assertion, which both additions together
// break. Fixed, it asserts what holds: at most 3.
// explore: assertion in 2 of 6 traces, without a preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, locked, type Threads } from "./program.js";

export function additions(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const data = shared(kernel, 0, "data");
  const most = fixed ? 3 : 2;
  return {
    t1: () => locked(mutex, () => data.value++),
    t2: () => locked(mutex, () => (data.value += 2)),
    t3: () => locked(mutex, () => check(data.value <= most, `data > ${most}`)),
  };
}

export default classic("lazy01", {
  about: "Two threads add to a number; a third asserts that only one of them has.",
  parameters: fixedBy("assert what both additions leave true"),
  expect: { run: "assertion", explore: "assertion" },
  threads: (kernel, { fixed }) => additions(kernel, fixed),
});
