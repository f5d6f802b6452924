// What follows an operation, for the path that every packet takes: a generator costs as much as a step, and is not needed
// for an operation that took effect at once, as nearly all do.

import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import type { Thread } from "#kernel/thread";

/** What `resultAtOnce` gives of an operation before which another thread goes. */
export const NOT_YET: unique symbol = Symbol("not yet");

/**
 * The result of an operation that took effect at once. Of any other NOT_YET, and the operation is still to be awaited: by `after` or
 * `andThen`. To follow an operation up without them, where every packet passes, saves a function made for each.
 */
export function resultAtOnce<T>(kernel: Kernel, operation: Operation<T>): T | typeof NOT_YET {
  const thread = kernel.simulation.current;
  if (thread === null || operation !== (thread.iterator as unknown) || !thread.iterator.isComplete) return NOT_YET;
  return thread.iterator.take() as T;
}

/** Performs `operation`, and then `work` in the same step; gives what `work` gives. `work` performs no operations. */
export function after<T, R>(kernel: Kernel, operation: Operation<T>, work: (result: T) => R): Operation<R> {
  const result = resultAtOnce(kernel, operation);
  return result === NOT_YET ? later(operation, work) : given(kernel, work(result));
}

/** As `after`, where `work` may perform operations: it gives the last of them. */
export function andThen<T, R>(
  kernel: Kernel,
  operation: Operation<T>,
  work: (result: T) => Operation<R>,
): Operation<R> {
  const result = resultAtOnce(kernel, operation);
  return result === NOT_YET ? andThenLater(operation, work) : work(result);
}

/** What `andThen` and `after` give where nothing more is to be done: the result. */
export function given<T>(kernel: Kernel, result: T): Operation<T> {
  const thread = kernel.simulation.current;
  return thread === null ? givenLater(result) : completed(thread, result);
}

/** The running thread's operation has taken effect, with this result: what the operation's method gives. */
export function completed<T>(thread: Thread, result: T): Operation<T> {
  thread.iterator.finish(result);
  return thread.iterator as Operation<unknown> as Operation<T>;
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
