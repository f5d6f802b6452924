// A lock held for the length of a block: `using _ = yield* lock.guard()`.
//
// The reference brings `Disposable` into every project that imports this, whatever its "lib" says.

/// <reference lib="esnext.disposable" preserve="true" />

import { B_OK, type Status } from "#base/status";
import type { Operation } from "#kernel/operation";

/** Something that can be unlocked without waiting. */
interface Unlockable {
  unlock(): void;
}

/** Unlocks at the end of its block, if the lock was got (MutexLocker; facts: haiku.md, section 4). */
export class Guard implements Disposable {
  #lock: Unlockable | null;

  constructor(lock: Unlockable | null) {
    this.#lock = lock;
  }

  /** False when locking failed: the lock is then silently not held. */
  get isLocked(): boolean {
    return this.#lock !== null;
  }

  /** Unlocks before the block ends. */
  unlock(): void {
    this.#lock?.unlock();
    this.#lock = null;
  }

  /** Forgets the lock: whoever holds it now unlocks it. */
  detach(): void {
    this.#lock = null;
  }

  [Symbol.dispose](): void {
    this.unlock();
  }
}

/** The operation of locking with a guard: the lock's own, but for what it gives. */
export class Guarding implements IterableIterator<undefined, Guard, void> {
  readonly #lock: Unlockable;
  readonly #locking: Iterator<undefined, Status, void>;

  constructor(lock: Unlockable, locking: Operation<Status>) {
    this.#lock = lock;
    this.#locking = locking[Symbol.iterator]();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, Guard> {
    const result = this.#locking.next();
    if (result.done !== true) return result;
    return { done: true, value: new Guard(result.value === B_OK ? this.#lock : null) };
  }
}
