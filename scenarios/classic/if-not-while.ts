// Consumers wait for an item, and take it once they are woken.
//
// Source: Lampson and Redell, "Experience with processes and monitors in Mesa" (1980): a notify is a hint. What is wrong: a woken
// consumer does not look again, and another may have taken the item before it has the lock back. Fixed, it waits in a loop.
// explore: assertion.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, check, classic, fixedBy, size, WAKEUPS, type Threads } from "./program.js";

export function ifNotWhile(kernel: Kernel, consumers: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const added = new ConditionVariable(kernel, "added");
  const items = shared(kernel, 0, "items");
  return {
    ...alike(
      "consumer",
      consumers,
      () =>
        function* () {
          yield* mutex.lock();
          for (let looks = 0; items.value === 0 && (fixed || looks === 0); looks++) yield* added.wait(mutex);
          check(items.value > 0, "takes an item, and there is none");
          items.value--;
          mutex.unlock();
        },
    ),
    *producer() {
      for (let i = 0; i < consumers; i++) {
        yield* mutex.lock();
        items.value++;
        yield* added.notifyOne();
        mutex.unlock();
      }
    },
  };
}

export default classic("if-not-while", {
  about: "A woken thread takes it for granted that what it waited for is still there.",
  parameters: { consumers: size(2, "consumers", 2), ...fixedBy("wait in a loop"), ...WAKEUPS },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { consumers, fixed }) => ifNotWhile(kernel, consumers, fixed),
});
