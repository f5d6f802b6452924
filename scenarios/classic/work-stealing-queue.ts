// The owner of a queue pushes and pops at its tail without a lock, thieves steal at its head under one.
//
// Source: the THE protocol of Frigo, Leiserson and Randall, "The implementation of the Cilk-5 multithreaded language" (PLDI
// 1998), after the work-stealing queue of CHESS (Musuvathi and others, OSDI 2008; SCTBench, CHESS/WSQ). Every access is
// a step. What is wrong: the owner looks at the head before it has lowered the tail, so that a thief takes the item that it
// is about to take. Fixed, it lowers the tail first, and takes the lock when the two have met.
// explore: assertion; it needs one preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Atomic } from "#sync/atomic";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import type { Judge } from "#scenario/types";
import { alike, check, classic, fixedBy, size, type Threads } from "./program.js";

const NONE = -1;

export interface StealingSizes {
  readonly items: number;
  readonly stealers: number;
  /** Attempts of each thief. */
  readonly steals: number;
  readonly fixed: boolean;
}

class StealingQueue {
  readonly #lock: Mutex;
  readonly #head: Atomic;
  readonly #tail: Atomic;

  constructor(kernel: Kernel) {
    this.#lock = new Mutex(kernel, "queue lock");
    this.#head = new Atomic(kernel, 0, "head");
    this.#tail = new Atomic(kernel, 0, "tail");
  }

  *push(): Steps<void> {
    yield* this.#tail.add(1);
  }

  /** As it was: the head may have moved by the time that the tail is written. */
  *popLate(): Steps<number> {
    const place = (yield* this.#tail.get()) - 1;
    if ((yield* this.#head.get()) > place) return NONE;
    yield* this.#tail.set(place);
    return place;
  }

  *pop(): Steps<number> {
    const place = (yield* this.#tail.add(-1)) - 1;
    if ((yield* this.#head.get()) <= place) return place;
    yield* this.#tail.set(place + 1);
    yield* this.#lock.lock();
    yield* this.#tail.set(place);
    const isThere = (yield* this.#head.get()) <= place;
    if (!isThere) yield* this.#tail.set(place + 1);
    this.#lock.unlock();
    return isThere ? place : NONE;
  }

  *steal(): Steps<number> {
    yield* this.#lock.lock();
    const place = yield* this.#head.add(1);
    const isThere = place < (yield* this.#tail.get());
    if (!isThere) yield* this.#head.set(place);
    this.#lock.unlock();
    return isThere ? place : NONE;
  }
}

export function workStealing(kernel: Kernel, sizes: StealingSizes, judge: Judge | null): Threads {
  const queue = new StealingQueue(kernel);
  const taken = Array.from({ length: sizes.items }, (_, i) => shared(kernel, 0, `item ${i + 1}`));
  const take = (place: number): void => {
    const item = taken[place];
    if (item !== undefined) check(++item.value === 1, `item ${place + 1} is taken twice`);
  };
  judge?.atEnd(() => taken.forEach((item, i) => check(item.value === 1, `nobody took item ${i + 1}`)));
  return {
    *owner() {
      for (let i = 0; i < sizes.items; i++) yield* queue.push();
      for (let place = 0; place !== NONE;) {
        place = yield* sizes.fixed ? queue.pop() : queue.popLate();
        take(place);
      }
    },
    ...alike(
      "thief",
      sizes.stealers,
      () =>
        function* () {
          for (let i = 0; i < sizes.steals; i++) take(yield* queue.steal());
        },
    ),
  };
}

export default classic("work-stealing-queue", {
  about: "The owner of a queue and a thief take the same item.",
  parameters: {
    items: size(2, "items"),
    stealers: size(1, "thieves"),
    steals: size(1, "attempts of each thief"),
    ...fixedBy("lower the tail before looking at the head"),
  },
  expect: { run: "finished", explore: "assertion" },
  threads: (kernel, sizes, judge) => workStealing(kernel, sizes, judge),
});
