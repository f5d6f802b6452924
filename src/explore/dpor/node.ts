// The search tree of dynamic partial-order reduction: one node for each choice of the current execution.
//
// Invariants:
//   - what a node says of its step is that of the current execution; prefix nodes keep it, because the
//     same choices give the same step;
//   - a thread sleeps at a node when all executions in which it goes first from here have been explored, or
//     will have been in the siblings of an ancestor.

import type { Codes } from "#kernel/footprint";
import type { OperationKind } from "#kernel/operation";
import type { Sleeper } from "#explore/strategy";
import type { WakeupSequence } from "#explore/dpor/sequence";

/** A thread that is not to be tried. */
export interface KnownSleeper extends Sleeper {
  /** Whether all that begins with its step has been explored, and seen; if not, others are at it, or at an elder sleeper's. */
  readonly isWhole: boolean;
}

/** A thread's wait with a deadline that a step ended: its time-out can no longer happen. */
export interface WokenThread {
  readonly thread: number;
  readonly hadDeadline: boolean;
  readonly pending: number;
}

/** An operation that could not run before the execution ended, or before it was taken away. */
export interface BlockedOperation {
  readonly thread: number;
  readonly operation: OperationKind;
  /** The object's number. */
  readonly object: number;
  readonly need: number;
  readonly pending: number;
}

/** A choice of a thread, and the step that was taken from it. */
export interface ThreadNode {
  readonly kind: "thread";
  /** Its place in the path: how many steps come before it. */
  readonly step: number;
  /** The indexes of the threads that could go, by their places among the candidates. */
  readonly candidates: readonly number[];
  readonly sleep: KnownSleeper[];
  /** What the executions that are being explored from here begin with, if anything: `thread` is its first event's. */
  current: WakeupSequence | null;
  /** What is still to be explored from here; src/explore/strategies/source.ts gives sequences of one thread. */
  wakeups: WakeupSequence[];
  /** How much has been explored from here. */
  explored: number;
  thread: number;
  place: number;
  // The step.
  /** What the thread was about to do, as one number (src/explore/dpor/seen.ts). */
  pending: number;
  operation: OperationKind;
  /** The number of the object of a pending operation that can block; 0 for others. */
  object: number;
  need: number;
  footprint: Codes;
  /** Of all values that were chosen inside the step, for sleeping. */
  footprints: Codes;
  /** The values that were chosen inside the step. */
  values: readonly number[];
  /** Objects that the step took, each followed by what it could give before that. */
  taken: readonly number[];
  woken: readonly WokenThread[];
  /** Operations that the step took away: locks of a mutex that it destroyed. */
  refused: readonly BlockedOperation[];
  failed: boolean;
  /** Whether its races with earlier steps ask for nothing any more, however the execution goes on. */
  isSettled: boolean;
  /** Whether its thread slept; and for a poller that goes on, what it watches: without a change of that it would not. */
  isWake: boolean;
  awaits: readonly number[];
  /** What the other candidates were about to do when the step failed, by their places among the candidates. */
  others: readonly number[];
}

/** A value chosen inside a step: all are explored, one after the other. */
export interface ValueNode {
  readonly kind: "value";
  readonly count: number;
  value: number;
  /** The values that come after it. */
  readonly rest: number[];
}

/** An empty list, of anything. */
export const NONE: readonly never[] = [];

/** The list with one item more; it may be the same list. */
export function withItem<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  (list as T[]).push(item);
  return list;
}

/** A node whose thread is not chosen yet. */
export function newThreadNode(step: number, candidates: readonly number[], sleep: KnownSleeper[]): ThreadNode {
  return {
    kind: "thread",
    step,
    candidates,
    sleep,
    current: null,
    wakeups: [],
    explored: 0,
    thread: -1,
    place: -1,
    pending: 0,
    operation: 0,
    object: 0,
    need: 0,
    footprint: NONE,
    footprints: NONE,
    values: NONE,
    taken: NONE,
    woken: NONE,
    refused: NONE,
    failed: false,
    isSettled: false,
    isWake: false,
    awaits: NONE,
    others: NONE,
  };
}

/** What the step's object could give before the step; undefined when the step did not take it. */
export function availabilityBefore(node: ThreadNode, object: number): number | undefined {
  const { taken } = node;
  for (let i = 0; i < taken.length; i += 2) if (taken[i] === object) return taken[i + 1];
  return undefined;
}

/** Turns a node to a thread: it goes next from there. */
export function turnTo(node: ThreadNode, thread: number): ThreadNode {
  node.thread = thread;
  node.place = node.candidates.indexOf(thread);
  node.current = null;
  return node;
}

/**
 * To any candidate that does not sleep: where nothing is asked for, and everywhere when parts are given away. Starting
 * threads go first: as a rule that touches nothing, and then every thread's first operation is known.
 */
export function turnToAny(node: ThreadNode, starting: readonly number[] = []): boolean {
  const first = firstAwake(node, starting);
  const thread = first < 0 ? firstAwake(node, node.candidates) : first;
  if (thread >= 0) turnTo(node, thread);
  return thread >= 0;
}

// Asked at each new node: loops, because a callback costs more than what it does here.
function firstAwake(node: ThreadNode, threads: readonly number[]): number {
  for (let i = 0; i < threads.length; i++) {
    const thread = threads[i] ?? -1;
    if (!sleeps(node.sleep, thread)) return thread;
  }
  return -1;
}

function sleeps(sleep: readonly KnownSleeper[], thread: number): boolean {
  for (let i = 0; i < sleep.length; i++) if (sleep[i]?.thread === thread) return true;
  return false;
}
