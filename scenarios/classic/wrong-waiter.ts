// Two threads wait on one condition variable for different things, and each thing is announced to one waiter.
//
// Source: Apache Commons Pool, POOL-149, as in JaConTeBe (Lin and others, ASE 2015), reduced: a returned object is announced to a
// thread that waits for another. What is wrong: the notify is for one, and may take the wrong one. Fixed, it is for all.
// explore: deadlock; the notify was heard by somebody who could not use it.

import type { Kernel } from "#kernel/kernel";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { alike, classic, fixedBy, WAKEUPS, type Threads } from "./program.js";

const KINDS = 2;

export function pool(kernel: Kernel, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const returned = new ConditionVariable(kernel, "returned");
  const available = Array.from({ length: KINDS }, (_, kind) => shared(kernel, false, `object ${kind} is available`));
  const borrower = (kind: number) =>
    function* () {
      yield* mutex.lock();
      while (available[kind]?.value === false) yield* returned.wait(mutex);
      mutex.unlock();
    };
  const returner = (kind: number) =>
    function* () {
      yield* mutex.lock();
      const own = available[KINDS - 1 - kind];
      if (own !== undefined) own.value = true;
      if (fixed) yield* returned.notifyAll();
      else yield* returned.notifyOne();
      mutex.unlock();
    };
  return { ...alike("borrower", KINDS, borrower), ...alike("returner", KINDS, returner) };
}

export default classic("wrong-waiter", {
  about: "A notify of one wakes a thread that waits for something else.",
  parameters: { ...fixedBy("notify all"), ...WAKEUPS },
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { fixed }) => pool(kernel, fixed),
});
