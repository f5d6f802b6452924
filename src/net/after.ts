// What follows an operation without another point, for the path that every packet takes: a generator costs as much as a
// step, and is not needed for an operation that took effect at once, as nearly all do.

import type { Kernel } from "#kernel/kernel";
import type { Operation } from "#kernel/operation";

/** Performs `operation`, and then `work` in the same step; gives what `work` gives. `work` performs no operations. */
export function after<T, R>(kernel: Kernel, operation: Operation<T>, work: (result: T) => R): Operation<R> {
  const thread = kernel.simulation.current;
  if (thread === null || !thread.iterator.isComplete) return later(operation, work);
  // It is the thread's own iterator, which holds the operation's result: that of the work takes its place.
  const { value } = thread.iterator.next() as { readonly value: T };
  thread.complete(work(value));
  return thread.iterator as unknown as Operation<R>;
}

function* later<T, R>(operation: Operation<T>, work: (result: T) => R): Generator<undefined, R, void> {
  return work(yield* operation);
}
