// A read or a write under way: the file's own steps, and then the descriptor's reference is given back.
//
// Not a generator: every packet comes by here four times, and one that only passes on what another does costs as much as a step.

import type { Operation } from "#kernel/operation";
import type { Descriptor } from "#vfs/descriptor";

export class Transfer implements IterableIterator<undefined, number, void> {
  /** Null once the reference is about to be given back, which then is what `steps` does. */
  #descriptor: Descriptor | null;
  #steps: Iterator<undefined, number | void, void>;
  #count = 0;

  /** @param descriptor with a reference that is this transfer's */
  constructor(descriptor: Descriptor, steps: Operation<number>) {
    this.#descriptor = descriptor;
    this.#steps = steps[Symbol.iterator]();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, number> {
    const result = this.#steps.next();
    if (result.done !== true) return result;
    const descriptor = this.#descriptor;
    if (descriptor === null) return { done: true, value: this.#count };
    this.#count = result.value as number;
    this.#descriptor = null;
    if (descriptor.putNow()) return result as IteratorReturnResult<number>;
    this.#steps = descriptor.put();
    return this.next();
  }
}
