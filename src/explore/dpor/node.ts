// The search tree of dynamic partial-order reduction: one node for each choice of the current execution.
//
// Invariants:
//   - what a node says of its step is that of the current execution; prefix nodes keep it, because the
//     same choices give the same step;
//   - a thread sleeps at a node when all executions in which it goes first from here have been explored, or
//     will have been in the siblings of an ancestor.

import type { Codes } from "#kernel/footprint";
import type { OperationKind } from "#kernel/operation";

/** A thread that is not to be tried, and the step it would take. */
export interface Sleeper {
  readonly thread: number;
  readonly footprint: Codes;
}

/** A thread's wait with a deadline that a step ended: its time-out can no longer happen. */
export interface WokenThread {
  readonly thread: number;
  readonly hadDeadline: boolean;
}

/** An operation that could not run before the execution ended, or before it was taken away. */
export interface BlockedOperation {
  readonly thread: number;
  readonly operation: OperationKind;
  /** The object's number. */
  readonly object: number;
  readonly need: number;
}

/** A choice of a thread, and the step that was taken from it. */
export interface ThreadNode {
  readonly kind: "thread";
  /** The indexes of the threads that could go, by their places among the candidates. */
  readonly candidates: readonly number[];
  readonly sleep: Sleeper[];
  /** The threads that are to be explored from here; the first one is being explored. */
  readonly backtrack: number[];
  thread: number;
  place: number;
  // The step.
  operation: OperationKind;
  /** The number of the object of a pending operation that can block; 0 for others. */
  object: number;
  need: number;
  footprint: Codes;
  /** Of all values that were chosen inside the step, for sleeping. */
  footprints: Codes;
  /** Objects that the step took, and what they could give before it. */
  readonly taken: Map<number, number>;
  readonly woken: WokenThread[];
  /** Operations that the step took away: locks of a mutex that it destroyed. */
  readonly refused: BlockedOperation[];
  failed: boolean;
}

/** A value chosen inside a step: all are explored, in turn. */
export interface ValueNode {
  readonly kind: "value";
  readonly count: number;
  value: number;
}
