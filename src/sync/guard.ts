// A lock held for the length of a block: `using _ = yield* lock.guard()`.

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
