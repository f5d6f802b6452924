// What follows an operation, for the path that every packet takes: a generator costs as much as a step, and is not needed
// for an operation that took effect at once, as nearly all do.

import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";

/** What `resultAtOnce` gives of an operation before which another thread goes. */
export const NOT_YET: unique symbol = Symbol("not yet");

/**
 * The result of an operation that took effect at once. Of any other NOT_YET, and the operation is still to be awaited: by `after` or
 * `andThen`. To follow an operation up without them, where every packet passes, saves a function made for each.
 */
export function resultAtOnce<T>(kernel: Kernel, operation: Operation<T>): T | typeof NOT_YET {
  const thread = kernel.simulation.current;
  if (thread === null || !thread.iterator.isComplete || operation !== (thread.iterator as unknown)) return NOT_YET;
  return (thread.iterator.next() as { readonly value: T }).value;
}

/** Performs `operation`, and then `work` in the same step; gives what `work` gives. `work` performs no operations. */
export function after<T, R>(kernel: Kernel, operation: Operation<T>, work: (result: T) => R): Operation<R> {
  const thread = kernel.simulation.current;
  if (thread === null || !thread.iterator.isComplete) return later(operation, work);
  // It is the thread's own iterator, which holds the operation's result: that of the work takes its place.
  const { value } = thread.iterator.next() as { readonly value: T };
  thread.complete(work(value));
  return thread.iterator as unknown as Operation<R>;
}

/** As `after`, where `work` may perform operations: it gives the last of them. */
export function andThen<T, R>(
  kernel: Kernel,
  operation: Operation<T>,
  work: (result: T) => Operation<R>,
): Operation<R> {
  const thread = kernel.simulation.current;
  if (thread === null || !thread.iterator.isComplete) return andThenLater(operation, work);
  const { value } = thread.iterator.next() as { readonly value: T };
  return work(value);
}

/** What `andThen` and `after` give where nothing more is to be done: the result. */
export function given<T>(kernel: Kernel, result: T): Operation<T> {
  const thread = kernel.simulation.current;
  if (thread === null) return givenLater(result);
  thread.complete(result);
  return thread.iterator as unknown as Operation<T>;
}

function* later<T, R>(operation: Operation<T>, work: (result: T) => R): Steps<R> {
  return work(yield* operation);
}

function* andThenLater<T, R>(operation: Operation<T>, work: (result: T) => Operation<R>): Steps<R> {
  return yield* work(yield* operation);
}

function* givenLater<T>(result: T): Steps<T> {
  return result;
}
