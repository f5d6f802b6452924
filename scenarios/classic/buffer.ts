// Producers and consumers of a buffer with one place.
//
// Source: the textbooks; counted in facts: explorer.md, D.3 and E.3. What is wrong with one condition variable for both
// directions: a notify for a consumer may wake a producer, who can only wait again, and everybody sleeps. With two
// nothing is wrong: 56 traces when the first waiter is woken, 64 when any may be.
// explore: deadlock in 4 of 60 traces, without a preemption.

import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { shared, type Shared } from "#sync/shared";
import { alike, classic, size, WAKEUPS, type Threads } from "./program.js";

export interface BufferSizes {
  readonly producers: number;
  readonly consumers: number;
  /** Items of each producer. */
  readonly items: number;
  /** Condition variables: 1 or 2. */
  readonly conditions: number;
}

export function boundedBuffer(kernel: Kernel, { producers, consumers, items, conditions }: BufferSizes): Threads {
  const mutex = new Mutex(kernel, "m");
  const notFull = new ConditionVariable(kernel, conditions === 1 ? "changed" : "not full");
  const notEmpty = conditions === 1 ? notFull : new ConditionVariable(kernel, "not empty");
  const count = shared(kernel, 0, "count");
  const place: Place = { mutex, notFull, notEmpty, count };
  // What the producers make is shared out, the first consumers taking one more where it does not come out even.
  const shareOf = (i: number): number => Math.floor((items * producers - i + consumers - 1) / consumers);
  return {
    ...alike("producer", producers, () => () => producing(place, items)),
    ...alike("consumer", consumers, (i) => () => consuming(place, shareOf(i))),
  };
}

interface Place {
  readonly mutex: Mutex;
  readonly notFull: ConditionVariable;
  readonly notEmpty: ConditionVariable;
  /** Items in it: 0 or 1. */
  readonly count: Shared<number>;
}

function* producing({ mutex, notFull, notEmpty, count }: Place, items: number): Steps<void> {
  for (let i = 0; i < items; i++) {
    yield* mutex.lock();
    while (count.value === 1) yield* notFull.wait(mutex);
    count.value++;
    yield* notEmpty.notifyOne();
    mutex.unlock();
  }
}

function* consuming({ mutex, notFull, notEmpty, count }: Place, items: number): Steps<void> {
  for (let i = 0; i < items; i++) {
    yield* mutex.lock();
    while (count.value === 0) yield* notEmpty.wait(mutex);
    count.value--;
    yield* notFull.notifyOne();
    mutex.unlock();
  }
}

export default classic("buffer", {
  about: "Producers and consumers who share one condition variable wake the wrong ones.",
  parameters: {
    producers: size(2, "threads that put items in"),
    consumers: size(2, "threads that take them out"),
    items: size(1, "items of each producer"),
    conditions: size(1, "condition variables: one for both directions, or 2", 1, 2),
    ...WAKEUPS,
  },
  expect: { run: "finished", explore: "deadlock" },
  threads: (kernel, sizes) => boundedBuffer(kernel, sizes),
});
