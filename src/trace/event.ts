// A trace: what happened in one execution, as plain data, the same for the same schedule, byte for byte.
//
// Invariants:
//   - events stand in the order in which things happened; those of one step share its number;
//   - an object is known by its number: a field's is its block's number and its place in the struct, a thread's is no
//     thread id. Numbers are functions of (maker, his n-th object), and mean the same in equivalent executions;
//   - stacks are read when they are first looked at: whoever asks for none pays for none.

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
  "acquired",
  "unlocked",
  "notified",
  "spawned",
  "exited",
  "created",
  "allocated",
  "freed",
  "touched-freed",
  "read",
  "access",
  "ordered",
  "interrupts",
  "enter",
  "leave",
  "choice",
  "output",
  "failed",
  "panicked",
  "waiting",
  "watched",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * One event of a trace: what each kind means, and what `text`, `value`, `other` and the object hold.
 *
 * step: a thread's pending operation takes effect; text: its verb (src/kernel/operation.ts); the object: what it is about.
 * blocked: the step's thread begins to wait for the object; value: its deadline in microseconds, -1 without one.
 * woken: the thread's wait for the object is over; value: the status; other: who did it, 0 for time.
 * expired: a wait with a deadline ends by time; value: now.
 * acquired: the thread now has the object; it may have been handed over by another thread's unlock. A lock: text "lock",
 *   "read lock" or "write lock", value: how often the thread has it then (more than 1: recursion). A semaphore: text
 *   "acquire", value: how many it took.
 * unlocked: the thread gives the lock back, also as part of a wait; value: how often it still has it.
 * notified: a notify ("one" or "all"), or a release of all waiters of a semaphore; value: how many were woken.
 * spawned: the object: the new thread; other: its id; value: 1 for a daemon. exited: the object: the thread that is dead.
 * created: a semaphore is made. Locks and condition variables make no event.
 * allocated: a block of the heap ("heap block"); text: "new" (reads zero) or "malloc" (reads 0xcccccccc). freed: likewise.
 * touched-freed: text: what was done to the freed block.
 * read, access: a plain read, a plain write of shared data. The object: a struct's field ("field", or "atomic field" where
 *   the struct declares it so), a Shared ("shared value"), or a pool; other: the number of the field's block, 0 for none.
 *   text of a write: "name = value"; value: the value where it is a number.
 * ordered: an object that the kernel itself keeps in order (a descriptor's slot, a count of references) is passed: 1, what
 *   others did before they passed it is done before what this thread does from now on; 2, this thread's doings are so for
 *   those who pass it later; 3, both.
 * interrupts: the thread has turned interrupts on again; turning them off is the step "disable interrupts".
 * enter, leave: a syscall, or "NAME hook of /dev/..."; value of leave: a status or a number of bytes. At the end of an open
 *   or a free hook the object is the cookie, where it is a block of the heap.
 * choice: a value was chosen inside a step. output: a line printed. failed: the thread threw.
 * panicked: value: the number of the block in which the accused object lies, 0 for none.
 * waiting: at the end of the execution, for each thread that is not done, with the stack at which it waits; text: the verb
 *   of what it wants; the object: what it waits for or is about to use; other: who holds that.
 * watched: at the end of the execution, for each thread that polls or spins, what its loop looks at; text: its state.
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
  /** Where it happened, innermost first; empty for what is no act of a thread's own code, and for plain accesses in the set-up. */
  readonly frames: readonly Frame[];
  /** It happened before the explored part began. */
  readonly inSetup: boolean;
}
