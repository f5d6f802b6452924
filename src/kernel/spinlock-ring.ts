// Who took a spinlock last, while that is among the 32 latest acquisitions on the whole system, the kernel's own
// included: where the "last caller" of a spinlock panic comes from (facts: haiku.md, section 2; the kernel of August 2023).
//
// It is diagnostic only: outside traces and conflicts, and never a special case. Haiku keeps a ring of addresses; here each lock
// keeps its own latest place in it, so a lock in memory that was freed and given out again does not show its successor's caller.

import { formatAddress, type KernelObject } from "#kernel/kernel-object";

const ENTRIES = 32;

export class SpinlockRing {
  #count = 0;

  note(lock: KernelObject, kind: number): void {
    lock.spinlockTaken = ++this.#count;
    lock.spinlockTaker = kind;
  }

  /** The caller that took `lock` last, as `%p` prints it: zero when it is not among the last 32. */
  lastCaller(lock: KernelObject): string {
    const isAmongThem = lock.spinlockTaken > 0 && lock.spinlockTaken > this.#count - ENTRIES;
    return formatAddress(isAmongThem ? 0x8009_0000 + lock.spinlockTaker * 0x50 : 0);
  }
}
