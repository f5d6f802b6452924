// A stack of array places with a lock-free pop and push.
//
// Source: Vyukov's SafeStack, sent to the authors of CHESS in 2010; SCTBench, misc/safestack, and the hardest of its programs:
// three threads and five preemptions at least. Every access is a step. What is wrong: a pop takes a place's link away before it
// has the place, and a comparison of the head cannot see that the place has left the stack and come back meanwhile.
// Fixed, pop and push hold a mutex.
// Default: two threads, which the bug spares, so that the search ends. explore: finished, 22 traces. With threads=3 and rounds=2
// the assertion can fail, after seven preemptions at least (here a failed pop is not tried again at once): 66 steps that the
// random strategies do not meet in 100,000 executions.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

const NONE = -1;

class SafeStack {
  readonly #head: Atomic;
  readonly #count: Atomic;
  readonly #next: readonly Atomic[];

  constructor(kernel: Kernel, places: number) {
    this.#head = new Atomic(kernel, 0, "head");
    this.#count = new Atomic(kernel, places, "count");
    this.#next = Array.from(
      { length: places },
      (_, i) => new Atomic(kernel, i + 1 < places ? i + 1 : NONE, `next of ${i}`),
    );
  }

  /** A place, or -1 when there is at most one, or when somebody else was in the way. */
  *pop(): Steps<number> {
    if ((yield* this.#count.get()) <= 1) return NONE;
    const place = yield* this.#head.get();
    const link = this.#link(place);
    const after = yield* link.getAndSet(NONE);
    if (after < 0) return NONE;
    if ((yield* this.#head.testAndSet(after, place)) === place) {
      yield* this.#count.add(-1);
      return place;
    }
    yield* link.getAndSet(after);
    return NONE;
  }

  *push(place: number): Steps<void> {
    let head = yield* this.#head.get();
    for (;;) {
      yield* this.#link(place).set(head);
      const found = yield* this.#head.testAndSet(place, head);
      if (found === head) break;
      head = found;
    }
    yield* this.#count.add(1);
  }

  #link(place: number): Atomic {
    return this.#next[place] as Atomic;
  }
}

export function safeStack(kernel: Kernel, threads: number, rounds: number, fixed: boolean): Threads {
  const stack = new SafeStack(kernel, threads);
  const mutex = new Mutex(kernel, "m");
  const owners = Array.from({ length: threads }, (_, i) => new Atomic(kernel, NONE, `owner of ${i}`));
  return alike(
    "t",
    threads,
    (self) =>
      function* () {
        for (let round = 0; round < rounds; round++) {
          if (fixed) yield* mutex.lock();
          const place = yield* stack.pop();
          if (fixed) mutex.unlock();
          const owner = owners[place];
          if (owner === undefined) continue;
          yield* owner.set(self);
          check((yield* owner.get()) === self, `two threads have place ${place}`);
          if (fixed) yield* mutex.lock();
          yield* stack.push(place);
          if (fixed) mutex.unlock();
        }
      },
  );
}

export default classic("safe-stack", {
  about: "A lock-free stack that serves two threads, and gives one place to two of three.",
  parameters: {
    threads: size(2, "threads, and places of the stack", 2),
    rounds: size(1, "attempts of each to pop"),
    ...fixedBy("pop and push hold a mutex"),
  },
  expect: { run: "finished", explore: "finished" },
  threads: (kernel, { threads, rounds, fixed }) => safeStack(kernel, threads, rounds, fixed),
});
