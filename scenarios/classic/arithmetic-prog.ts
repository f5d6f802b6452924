// A producer hands tokens to a consumer, who adds up their numbers.
//
// Source: SCTBench, CS/arithmetic_prog_bad (there n is 3). The waiting is right; what is wrong is the assertion, that the
// sum is not what it is. Fixed, it asserts the sum.
// explore: assertion in every trace.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { check, classic, fixedBy, size, WAKEUPS, type Threads } from "./program.js";

export function arithmeticProgression(kernel: Kernel, n: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const empty = new ConditionVariable(kernel, "empty");
  const full = new ConditionVariable(kernel, "full");
  const num = shared(kernel, 0, "num");
  return {
    *producer() {
      for (let i = 0; i < n; i++) {
        yield* mutex.lock();
        while (num.value > 0) yield* empty.wait(mutex);
        num.value++;
        mutex.unlock();
        yield* full.notifyOne();
      }
    },
    *consumer() {
      let total = 0;
      for (let j = 1; j <= n; j++) {
        yield* mutex.lock();
        while (num.value === 0) yield* full.wait(mutex);
        total += j;
        num.value--;
        mutex.unlock();
        yield* empty.notifyOne();
      }
      check((total === (n * (n + 1)) / 2) === fixed, `the sum is ${total}`);
    },
  };
}

export default classic("arithmetic-prog", {
  about: "A sum that is right, and an assertion that is not.",
  parameters: { n: size(3, "numbers"), ...fixedBy("assert the sum of the numbers"), ...WAKEUPS },
  expect: { run: "assertion", explore: "assertion" },
  threads: (kernel, { n, fixed }) => arithmeticProgression(kernel, n, fixed),
});
