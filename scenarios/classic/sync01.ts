// A producer waits until a number is 0, a consumer until it is not.
//
// Source: SCTBench, CS/sync01_bad. What is wrong: the number begins as 1 and the consumer does not take it away, so
// nobody ever makes it 0, and the producer waits for ever. Fixed, the consumer counts down.
// explore: deadlock in every one of the 3 traces; where the consumer is first, its notify is lost.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { classic, fixedBy, WAKEUPS, type Threads } from "./program.js";

export function producerAndConsumer(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const empty = new ConditionVariable(kernel, "empty");
  const full = new ConditionVariable(kernel, "full");
  const num = shared(kernel, 1, "num");
  return {
    *producer() {
      yield* mutex.lock();
      while (num.value > 0) yield* empty.wait(mutex);
      num.value++;
      mutex.unlock();
      yield* full.notifyOne();
    },
    *consumer() {
      yield* mutex.lock();
      while (num.value === 0) yield* full.wait(mutex);
      if (fixed) num.value--;
      mutex.unlock();
      yield* empty.notifyOne();
    },
  };
}

export default classic("sync01", {
  about: "A producer waits for room that the consumer never makes.",
  parameters: { ...fixedBy("the consumer counts down"), ...WAKEUPS },
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { fixed }) => producerAndConsumer(kernel, fixed),
});
