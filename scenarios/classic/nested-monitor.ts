// A monitor inside a monitor: who waits in the inner one gives back its lock only, and keeps the outer one.
//
// Source: Lister, "The problem of nested monitor calls" (1977). What is wrong: whoever could end the wait needs the outer lock
// first. Fixed, the outer lock is given back before the wait.
// explore: deadlock; where the consumer is first.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { classic, fixedBy, type Threads } from "./program.js";

export function nestedMonitor(kernel: Kernel, fixed: boolean): Threads {
  const outer = new Mutex(kernel, "outer");
  const inner = new Mutex(kernel, "inner");
  const added = new ConditionVariable(kernel, "added");
  const items = shared(kernel, 0, "items");
  return {
    *consumer() {
      yield* outer.lock();
      if (fixed) outer.unlock();
      yield* inner.lock();
      while (items.value === 0) yield* added.wait(inner);
      items.value--;
      inner.unlock();
      if (!fixed) outer.unlock();
    },
    *producer() {
      yield* outer.lock();
      yield* inner.lock();
      items.value++;
      yield* added.notifyOne();
      inner.unlock();
      outer.unlock();
    },
  };
}

export default classic("nested-monitor", {
  about: "A thread waits in an inner monitor and keeps the lock of the outer one.",
  parameters: fixedBy("give the outer lock back before waiting"),
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { fixed }) => nestedMonitor(kernel, fixed),
});
