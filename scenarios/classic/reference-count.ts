// A reference is taken from a count that may already be 0.
//
// Source: kref_get_unless_zero of Linux (include/linux/kref.h), and the faults that it was made for. Every access is a step. What is
// wrong: the reader adds a reference without looking, and the object's last owner has left: it is being freed. Fixed,
// he takes one only from a count that is not 0.
// explore: panic, of the guarded heap.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { int32, struct } from "#kernel/struct";
import { Atomic } from "#sync/atomic";
import { classic, fixedBy, type Threads } from "./program.js";

const Counted = struct("counted", { value: int32() });

export function reference(kernel: Kernel, fixed: boolean): Threads {
  const object = kernel.heap.new(Counted);
  const count = new Atomic(kernel, 1, "references");
  function* put(): Steps<void> {
    if ((yield* count.add(-1)) === 1) kernel.heap.delete(object);
  }
  function* get(): Steps<boolean> {
    if (!fixed) {
      yield* count.add(1);
      return true;
    }
    for (;;) {
      const seen = yield* count.get();
      if (seen === 0) return false;
      if ((yield* count.testAndSet(seen + 1, seen)) === seen) return true;
    }
  }
  return {
    owner: put,
    *reader() {
      if (!(yield* get())) return;
      object.value++;
      yield* put();
    },
  };
}

export default classic("reference-count", {
  about: "A reader takes a reference to an object whose last reference is gone.",
  parameters: fixedBy("take none from a count of 0"),
  expect: { run: "panic", explore: "panic" },
  heap: "guarded",
  threads: (kernel, { fixed }) => reference(kernel, fixed),
});
