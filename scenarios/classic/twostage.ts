// A writer changes two numbers in two critical sections, a reader looks at both in two.
//
// Source: SCTBench, CS/twostage_bad; the "two-stage access" of Farchi, Nir and Ur, "Concurrent bug patterns" (2003). What is
// wrong: the reader comes between the two stages. Fixed, the writer takes the second lock before it gives the first back.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

export function twoStages(kernel: Kernel, writers: number, readers: number, fixed: boolean): Threads {
  const [lock1, lock2] = [new Mutex(kernel, "lock 1"), new Mutex(kernel, "lock 2")];
  const [data1, data2] = [shared(kernel, 0, "data 1"), shared(kernel, 0, "data 2")];
  const writer = function* () {
    yield* lock1.lock();
    data1.value = 1;
    if (!fixed) lock1.unlock();
    yield* lock2.lock();
    data2.value = 2;
    lock2.unlock();
    if (fixed) lock1.unlock();
  };
  const reader = function* () {
    yield* lock1.lock();
    const first = data1.value;
    lock1.unlock();
    if (first === 0) return;
    yield* lock2.lock();
    const second = data2.value;
    lock2.unlock();
    check(second === first + 1, "saw the first stage without the second");
  };
  return { ...alike("writer", writers, () => writer), ...alike("reader", readers, () => reader) };
}

export default classic("twostage", {
  about: "A reader comes between two critical sections that belong together.",
  parameters: {
    writers: size(1, "threads that write"),
    readers: size(1, "threads that read"),
    ...fixedBy("the writer holds both locks"),
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { writers, readers, fixed }) => twoStages(kernel, writers, readers, fixed),
});
