// Steps, and plain work behind the last of them, in the same step.
//
// What a generator of two lines would do, for the ways that every packet takes: one of those costs as much as a step.

import type { Operation } from "#kernel/operation";

/** Performs `steps`, and then `work` on their result; gives what `work` gives. `work` performs no operations. */
export function finishing<T, R>(steps: Operation<T>, work: (result: T) => R): Operation<R> {
  return new Finishing(steps[Symbol.iterator](), work);
}

class Finishing<T, R> implements IterableIterator<undefined, R, void> {
  readonly #steps: Iterator<undefined, T, void>;
  readonly #work: (result: T) => R;

  constructor(steps: Iterator<undefined, T, void>, work: (result: T) => R) {
    this.#steps = steps;
    this.#work = work;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, R> {
    const result = this.#steps.next();
    return result.done === true ? { done: true, value: this.#work(result.value) } : result;
  }
}
