// The 32 latest acquisitions of a spinlock on the whole system, the kernel's own included: where the "last
// caller" of a spinlock panic comes from (facts: haiku.md, section 2; the kernel of August 2023).
//
// It is diagnostic only: outside traces and conflicts, and never a special case.

import { formatAddress, type KernelObject } from "#kernel/kernel-object";

const ENTRIES = 32;

export class SpinlockRing {
  readonly #locks: KernelObject[] = [];
  readonly #kinds: number[] = [];
  #next = 0;

  note(lock: KernelObject, kind: number): void {
    this.#locks[this.#next] = lock;
    this.#kinds[this.#next] = kind;
    this.#next = (this.#next + 1) % ENTRIES;
  }

  /** The caller that took `lock` last, as `%p` prints it: zero when it is not among the last 32. */
  lastCaller(lock: KernelObject): string {
    for (let back = 1; back <= ENTRIES; back++) {
      const place = (this.#next + ENTRIES - back) % ENTRIES;
      if (this.#locks[place]?.address === lock.address) {
        return formatAddress(0x8009_0000 + (this.#kinds[place] ?? 0) * 0x50);
      }
    }
    return formatAddress(0);
  }
}
