// A count of references that is changed by atomic operations, each of them a point.

import { Atomic } from "#sync/atomic";

/** How many hold an object. */
export class ReferenceCount extends Atomic {
  /** The count as a plain read, which shares the step of the operation before it. */
  get value(): number {
    this.reads();
    return this.final;
  }
}
