// Which operations can be disabled, and by what: plain data for strategies that reverse races.
//
// An object's availability is one number, read before each step that takes it (KernelObject.availability); a
// blocking operation is enabled while the number allows it. An operation that is not in the table is
// always enabled.

import { OperationKind } from "#kernel/operation";
import type { Thread } from "#kernel/thread";

/** Says whether an operation of a kind could take effect at this availability, wanting `need`. */
type Allows = (availability: number, need: number) => boolean;

const whenFree: Allows = (availability) => availability > 0;

/** The holder may, too: a recursive lock lets him, a mutex panics. */
const whenFreeOrHeld: Allows = (availability, need) => availability > 0 || availability === -need;

/** Of those who stand aside only the last goes on: the number is how many there are, below zero. */
const whenOnTop: Allows = (availability, need) => availability >= -need;

/** What a lock that is held says of its availability. */
export function heldBy(thread: Thread): number {
  return -1 - thread.index;
}

/** What the pending operation of a thread needs, to be compared with an availability. */
export function needOf(thread: Thread): number {
  return typeof thread.argumentObject === "number" ? thread.argumentObject : 1 + thread.index;
}

const TABLE: Partial<Record<OperationKind, Allows>> = {
  [OperationKind.mutexLock]: whenFreeOrHeld,
  [OperationKind.mutexRelock]: whenFreeOrHeld,
  [OperationKind.mutexTimedLock]: whenFreeOrHeld,
  [OperationKind.recursiveLock]: whenFreeOrHeld,
  [OperationKind.recursiveRelock]: whenFreeOrHeld,
  [OperationKind.spinlockAcquire]: whenFree,
  [OperationKind.semaphoreAcquire]: (availability, need) => availability >= need,
  [OperationKind.threadWait]: whenFree,
  [OperationKind.portReceive]: whenFree,
  [OperationKind.dataRead]: whenOnTop,
  [OperationKind.dataWrite]: whenOnTop,
  [OperationKind.dataGoOn]: whenOnTop,
};

/** Whether an operation of this kind can be disabled. */
export function canBlock(kind: OperationKind): boolean {
  return TABLE[kind] !== undefined;
}

/** Whether a blocking operation could take effect at this availability. */
export function allows(kind: OperationKind, availability: number, need: number): boolean {
  return TABLE[kind]?.(availability, need) ?? true;
}
