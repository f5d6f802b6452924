// Which operations can be disabled, and by what: plain data for strategies that reverse races.
//
// An object's availability is one number, read before each step that takes it (KernelObject.availability); a
// blocking operation is enabled while the number allows it. An operation that is not in the table is
// always enabled.

import { OperationKind } from "#kernel/operation";

/** Says whether an operation of a kind could take effect at this availability, wanting `need`. */
type Allows = (availability: number, need: number) => boolean;

const whenFree: Allows = (availability) => availability > 0;

const TABLE: Partial<Record<OperationKind, Allows>> = {
  [OperationKind.mutexLock]: whenFree,
  [OperationKind.mutexRelock]: whenFree,
  [OperationKind.mutexTimedLock]: whenFree,
  [OperationKind.recursiveLock]: whenFree,
  [OperationKind.recursiveRelock]: whenFree,
  [OperationKind.spinlockAcquire]: whenFree,
  [OperationKind.semaphoreAcquire]: (availability, need) => availability >= need,
  [OperationKind.threadWait]: whenFree,
};

/** Whether an operation of this kind can be disabled. */
export function canBlock(kind: OperationKind): boolean {
  return TABLE[kind] !== undefined;
}

/** Whether a blocking operation could take effect at this availability. */
export function allows(kind: OperationKind, availability: number, need: number): boolean {
  return TABLE[kind]?.(availability, need) ?? true;
}
