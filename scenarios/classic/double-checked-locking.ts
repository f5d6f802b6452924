// An object is made when it is first needed; whoever finds it made takes no lock.
//
// Source: Schmidt and Harrison, "Double-checked locking" (1996); Bacon and others, "The double-checked locking is broken
// declaration" (2000). What is wrong: the object is announced before it is complete. On a machine without sequential
// consistency that happens by itself; here the two writes are in that order. Fixed, they are in the other.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

const COMPLETE = 42;

export function doubleChecked(kernel: Kernel, threads: number, fixed: boolean): Threads {
  const mutex = new Mutex(kernel, "m");
  const isMade = new Atomic(kernel, 0, "is made");
  const content = new Atomic(kernel, 0, "content");
  return alike(
    "t",
    threads,
    () =>
      function* () {
        if ((yield* isMade.get()) === 0) {
          yield* mutex.lock();
          if ((yield* isMade.get()) === 0) {
            const [first, second] = fixed ? [content, isMade] : [isMade, content];
            yield* first.set(COMPLETE);
            yield* second.set(COMPLETE);
          }
          mutex.unlock();
        }
        check((yield* content.get()) === COMPLETE, "sees an object that is not complete");
      },
  );
}

export default classic("double-checked-locking", {
  about: "An object is announced before it is complete.",
  parameters: { threads: size(2, "threads", 2), ...fixedBy("complete it first") },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { threads, fixed }) => doubleChecked(kernel, threads, fixed),
});
