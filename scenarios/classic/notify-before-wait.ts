// One thread waits for a flag, another sets it and notifies.
//
// Source: the lost wakeup of every textbook (Birrell, "An introduction to programming with threads", 1989). What is wrong: the flag
// is set and the notify sent without the lock, so both fit between the waiter's look and its wait. Fixed, they are
// done under the lock.
// explore: deadlock, a lost wakeup; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { classic, fixedBy, type Threads } from "./program.js";

export function notifyBeforeWait(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const becameReady = new ConditionVariable(kernel, "became ready");
  const isReady = shared(kernel, false, "is ready");
  return {
    *waiter() {
      yield* mutex.lock();
      while (!isReady.value) yield* becameReady.wait(mutex);
      mutex.unlock();
    },
    *notifier() {
      if (fixed) yield* mutex.lock();
      isReady.value = true;
      yield* becameReady.notifyOne();
      if (fixed) mutex.unlock();
    },
  };
}

export default classic("notify-before-wait", {
  about: "A notify comes after a thread has looked and before it waits.",
  parameters: fixedBy("set the flag and notify with the lock held"),
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { fixed }) => notifyBeforeWait(kernel, fixed),
});
