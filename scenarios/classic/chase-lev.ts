// The owner of a deque takes from its bottom, a thief from its top, and one item is left.
//
// Source: Chase and Lev, "Dynamic circular work-stealing deque" (SPAA 2005); a test of CDSChecker (Norris and Demsky, OOPSLA 2013).
// Every access is a step. What is wrong: the owner takes the last item without exchanging the top for it, as the
// thief does. Fixed, whoever exchanges the top has the item.
// explore: assertion; it needs two preemptions.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { check, classic, fixedBy, type Threads } from "./program.js";

export function lastItem(kernel: Kernel, fixed: boolean): Threads {
  const top = new Atomic(kernel, 0, "top");
  const bottom = new Atomic(kernel, 1, "bottom");
  const taken = new Atomic(kernel, 0, "taken");
  const take = function* () {
    check((yield* taken.add(1)) === 0, "one item is taken twice");
  };
  return {
    *owner() {
      const place = (yield* bottom.get()) - 1;
      yield* bottom.set(place);
      const first = yield* top.get();
      if (first > place) return void (yield* bottom.set(first));
      if (fixed && first === place) {
        const isOwn = (yield* top.testAndSet(first + 1, first)) === first;
        yield* bottom.set(first + 1);
        if (!isOwn) return;
      }
      yield* take();
    },
    *thief() {
      const first = yield* top.get();
      if (first >= (yield* bottom.get())) return;
      if ((yield* top.testAndSet(first + 1, first)) === first) yield* take();
    },
  };
}

export default classic("chase-lev", {
  about: "The owner of a deque and a thief both take its last item.",
  parameters: fixedBy("the owner exchanges the top for the last item"),
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, { fixed }) => lastItem(kernel, fixed),
});
