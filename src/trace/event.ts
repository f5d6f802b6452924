// A trace: what happened in one execution, as plain data, the same for the same schedule, byte for byte.

/** A place in code: a frame of a simulated thread's stack. */
export interface Frame {
  /** The function's name as written. */
  readonly name: string;
  /** The file, relative to the project's or the user's folder. */
  readonly file: string;
  readonly line: number;
}

export const EVENT_KINDS = [
  "step",
  "blocked",
  "woken",
  "expired",
  "unlocked",
  "notified",
  "spawned",
  "exited",
  "allocated",
  "freed",
  "touched-freed",
  "access",
  "enter",
  "leave",
  "choice",
  "output",
  "failed",
  "panicked",
  "waiting",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * One event of a trace. What `value` and `other` hold:
 * blocked: its deadline in microseconds, -1 without one; woken: the status, and who did it; expired: now;
 * notified: how many were woken; spawned: in `other` the new thread, 1 for a daemon; leave: a status or a number of bytes;
 * panicked: the number of the block in which the object lies, 0 for none; waiting (at the end of the execution,
 * for each thread that is not done, with the stack at which it waits): in `other` who holds the object.
 */
export interface TraceEvent {
  readonly kind: EventKind;
  /** Its place in the trace. */
  readonly index: number;
  /** The step in which it happened; steps count from the simulation's beginning. */
  readonly step: number;
  /** Microseconds of virtual time. */
  readonly time: number;
  /** The thread whose event it is; 0 for the kernel's own. */
  readonly thread: number;
  readonly threadName: string;
  /** A verb or a short text: the operation, the hook, the line printed. */
  readonly text: string;
  readonly object: string;
  readonly objectType: string;
  readonly objectNumber: number;
  /** A status, a count or a number of microseconds, as the kind says. */
  readonly value: number;
  /** The other thread: who woke this one, who was spawned. */
  readonly other: number;
  /** Where it happened, innermost first; taken only where somebody will look. */
  readonly frames: readonly Frame[];
  /** It happened before the explored part began. */
  readonly inSetup: boolean;
}
