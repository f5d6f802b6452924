// Readers share a lock, a writer has it alone, and readers go in as long as one of them is inside.
//
// Source: Courtois, Heymans and Parnas, "Concurrent control with readers and writers" (1971), the first problem. What is wrong
// is fairness: readers who come later go past a writer who waits, without end. Here the writer counts who overtakes it, and
// asserts that it is no more than `patience`. Fixed, readers wait while a writer does (the second problem).
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, check, classic, fixedBy, locked, size, WAKEUPS, type Threads } from "./program.js";

export interface ReadersWriterSizes {
  readonly readers: number;
  /** How often each reads. */
  readonly reads: number;
  readonly patience: number;
  readonly fixed: boolean;
}

export function readersAndWriter(kernel: Kernel, { readers, reads, patience, fixed }: ReadersWriterSizes): Threads {
  const mutex = new Mutex(kernel, "m");
  const changed = new ConditionVariable(kernel, "changed");
  const reading = shared(kernel, 0, "readers inside");
  const writing = shared(kernel, false, "writer inside");
  const waiting = shared(kernel, false, "writer waits");
  const overtaken = shared(kernel, 0, "overtaken");
  const reader = function* () {
    for (let i = 0; i < reads; i++) {
      yield* mutex.lock();
      while (writing.value || (fixed && waiting.value)) yield* changed.wait(mutex);
      reading.value++;
      if (waiting.value) check(++overtaken.value <= patience, `a waiting writer was overtaken: ${overtaken.value}`);
      mutex.unlock();
      yield* mutex.lock();
      if (--reading.value === 0) yield* changed.notifyAll();
      mutex.unlock();
    }
  };
  return {
    ...alike("reader", readers, () => reader),
    *writer() {
      yield* mutex.lock();
      waiting.value = true;
      while (reading.value > 0) yield* changed.wait(mutex);
      waiting.value = false;
      writing.value = true;
      mutex.unlock();
      yield* locked(mutex, () => (writing.value = false));
      yield* changed.notifyAll();
    },
  };
}

export default classic("readers-writer", {
  about: "Readers overtake a waiting writer, and it starves.",
  parameters: {
    readers: size(2, "readers"),
    reads: size(1, "times that each reads"),
    patience: size(0, "readers that may overtake the writer", 0),
    ...fixedBy("readers wait while a writer does"),
    ...WAKEUPS,
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, sizes) => readersAndWriter(kernel, sizes),
});
