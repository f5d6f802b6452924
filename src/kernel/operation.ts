// What a thread can do that others may see: the kinds of operation, as plain data, and their types.
//
// An operation is one visible act on a shared kernel object. It is known (kind, object, arguments) before
// it happens; the moment before it is a point, where another thread may be chosen. What a step really
// touched, its footprint, is known after it (src/kernel/footprint.ts).

import type { Thread } from "#kernel/thread";

/**
 * What an operation method returns. `yield*` it at once: it is the calling thread's one reused iterator,
 * and an operation that is not awaited is reported at the thread's next operation.
 */
export type Operation<T> = Iterable<undefined, T, void>;

/** What a method gives whose operations all turned out not to be needed. */
export const NOTHING_TO_DO: Operation<void> = {
  [Symbol.iterator]: () => DONE,
};
const RESULT: IteratorReturnResult<void> = { done: true, value: undefined };
const DONE: Iterator<undefined, void, void> = { next: () => RESULT };

/** An unlock that waits to take effect as a step of its own. */
export interface DeferredUnlock {
  readonly name: string;
  applyUnlock(thread: Thread): void;
}

/** The step in which a marked thread ends. */
export const END: DeferredUnlock = { name: "its end", applyUnlock: () => {} };

/** The body of a function that performs operations: `function* (): Steps<Status> { ... }`. */
export type Steps<T> = Generator<undefined, T, void>;

/** Small integers, so that a pending operation is a few numbers and no allocation. */
export const OperationKind = {
  none: 0,
  start: 1,
  resume: 2,
  complete: 3,
  mutexLock: 4,
  mutexTryLock: 5,
  mutexTimedLock: 6,
  mutexRelock: 7,
  mutexUnlock: 8,
  mutexDestroy: 9,
  mutexTransfer: 10,
  conditionAdd: 11,
  conditionWait: 12,
  conditionNotify: 13,
  conditionInit: 14,
  semaphoreAcquire: 15,
  semaphoreRelease: 16,
  semaphoreDelete: 17,
  semaphoreCreate: 18,
  semaphoreCount: 19,
  spinlockAcquire: 20,
  spinlockTryAcquire: 21,
  spinlockRelease: 22,
  interruptsOff: 23,
  atomicRead: 24,
  atomicWrite: 25,
  atomicUpdate: 26,
  spawn: 27,
  threadResume: 28,
  threadWait: 29,
  threadExit: 30,
  threadSignal: 31,
  snooze: 32,
  yield: 33,
  recursiveLock: 34,
  recursiveTryLock: 35,
  recursiveUnlock: 36,
  recursiveDestroy: 37,
  readLock: 38,
  readUnlock: 39,
  writeLock: 40,
  writeUnlock: 41,
  rwDestroy: 42,
  point: 43,
  mutexInit: 44,
  recursiveRelock: 45,
  mutexSwitch: 46,
  entryWait: 47,
  conditionPublish: 48,
  portTransmit: 49,
  portReceive: 50,
  portSwitch: 51,
  dataRead: 52,
  dataWrite: 53,
  dataGoOn: 54,
} as const;

export type OperationKind = (typeof OperationKind)[keyof typeof OperationKind];

/** The field's own verb for each kind, as traces and reports print it. */
const VERBS: Readonly<Record<OperationKind, string>> = {
  0: "none",
  1: "start",
  2: "resume",
  3: "go on",
  4: "lock",
  5: "trylock",
  6: "lock with timeout",
  7: "lock again",
  8: "unlock",
  9: "destroy",
  10: "transfer",
  11: "add entry",
  12: "wait",
  13: "notify",
  14: "init",
  15: "acquire",
  16: "release",
  17: "delete",
  18: "create",
  19: "get count",
  20: "acquire spinlock",
  21: "try spinlock",
  22: "release spinlock",
  23: "disable interrupts",
  24: "atomic get",
  25: "atomic set",
  26: "atomic update",
  27: "spawn",
  28: "resume thread",
  29: "wait for thread",
  30: "exit",
  31: "signal",
  32: "snooze",
  33: "yield",
  34: "lock",
  35: "trylock",
  36: "unlock",
  37: "destroy",
  38: "read lock",
  39: "read unlock",
  40: "write lock",
  41: "write unlock",
  42: "destroy",
  43: "point",
  44: "init",
  45: "lock again",
  46: "switch lock",
  47: "wait",
  48: "publish",
  49: "transmit",
  50: "receive",
  51: "switch",
  52: "read",
  53: "write",
  54: "go on",
};

/** The verb that traces print for an operation of this kind. */
export function operationVerb(kind: number): string {
  return VERBS[kind as OperationKind];
}
