// Two threads are to meet: neither goes on before the other has come.
//
// Source: Downey, "The little book of semaphores", 3.3 (its second try). What is wrong: each waits for the other before it says that it
// has come itself. Fixed, it says so first.
// explore: deadlock in every trace.

import type { Kernel } from "#kernel/kernel";
import { Semaphore } from "#sync/semaphore";
import { classic, fixedBy, type Body, type Threads } from "./program.js";

export function rendezvous(kernel: Kernel, fixed: boolean): Threads {
  const a = new Semaphore(kernel, 0, "a has come");
  const b = new Semaphore(kernel, 0, "b has come");
  const meets = (own: Semaphore, other: Semaphore): Body =>
    function* () {
      if (fixed) yield* own.release();
      yield* other.acquire();
      if (!fixed) yield* own.release();
    };
  return { a: meets(a, b), b: meets(b, a) };
}

export default classic("rendezvous", {
  about: "Two threads wait for each other before they say that they have come.",
  parameters: fixedBy("say so first"),
  expect: { run: "deadlock", explore: "deadlock" },
  threads: (kernel, { fixed }) => rendezvous(kernel, fixed),
});
