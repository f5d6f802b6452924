// Some women and a man use one bathroom; the first of a kind to come locks the others out, the last to leave lets them in.
//
// Source: Downey, "The little book of semaphores", 6.2 (the unisex bathroom). Every access is a step. What is wrong: those of a
// kind count themselves without a mutex. Fixed, they have one.
// explore: deadlock, when nobody takes himself for the last; assertion, when nobody takes himself for the first.

import type { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { Semaphore } from "#sync/semaphore";
import { alike, check, classic, fixedBy, size, type Body, type Threads } from "./program.js";

interface Kind {
  readonly mutex: Mutex;
  readonly count: Atomic;
  readonly inside: Atomic;
}

export function bathroom(kernel: Kernel, women: number, men: number, fixed: boolean): Threads {
  const empty = new Semaphore(kernel, 1, "empty");
  const kind = (name: string): Kind => ({
    mutex: new Mutex(kernel, `${name} mutex`),
    count: new Atomic(kernel, 0, `${name} who have come`),
    inside: new Atomic(kernel, 0, `${name} inside`),
  });
  const female = kind("women");
  const male = kind("men");

  /** Counts one more, or one fewer, and does `turn` with the semaphore when that one is the first or the last. */
  const counted = function* ({ mutex, count }: Kind, change: 1 | -1) {
    if (fixed) yield* mutex.lock();
    const before = yield* count.get();
    yield* count.set(before + change);
    if (change === 1 && before === 0) yield* empty.acquire();
    if (change === -1 && before === 1) yield* empty.release();
    if (fixed) mutex.unlock();
  };
  const visits = (own: Kind, others: Kind): Body =>
    function* () {
      yield* counted(own, 1);
      yield* own.inside.add(1);
      check((yield* others.inside.get()) === 0, "a woman and a man are in the bathroom");
      yield* own.inside.add(-1);
      yield* counted(own, -1);
    };
  return { ...alike("woman", women, () => visits(female, male)), ...alike("man", men, () => visits(male, female)) };
}

export default classic("unisex-bathroom", {
  about: "Those who share a bathroom with their like count themselves without a mutex.",
  parameters: { women: size(2, "women"), men: size(1, "men"), ...fixedBy("count under a mutex") },
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, { women, men, fixed }) => bathroom(kernel, women, men, fixed),
});
