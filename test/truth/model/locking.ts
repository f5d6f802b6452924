// Mutexes, the recursive lock and the reader/writer lock: whoever has to wait queues, and an unlock hands the lock to the
// first in the queue at once (facts: haiku.md, section 4).

import { Acting, panic } from "./acting.js";
import type { Ask, LockName } from "./code.js";
import { DESTROYED, NOBODY, type ThreadState } from "./state.js";

export class Locking extends Acting {
  // --- mutexes and the recursive lock ---

  protected lock(name: LockName, ask: Ask, otherwise: number | null): void {
    const { given } = this.thread;
    if (given === "B_OK") return this.next();
    if (given !== null) return this.refused(given, otherwise);
    const lock = this.state.locks[name];
    const isMine = lock.holder === this.me;
    if (name !== "r" && ask !== "try" && isMine) panic("_mutex_lock(): double lock of # by thread #");
    if (lock.holder === DESTROYED)
      panic(`${ask === "try" ? "_mutex_trylock" : "_mutex_lock"}(): using uninitialized lock #`);
    if (lock.holder === NOBODY || (name === "r" && isMine)) {
      lock.holder = this.me;
      lock.depth++;
      return this.next();
    }
    if (ask === "try") return this.refused("B_WOULD_BLOCK", otherwise);
    if (ask === "at once") return this.refused("B_TIMED_OUT", otherwise);
    lock.queue.push(this.me);
    this.block(name, ask === "for a while", false);
  }

  protected refused(status: string, otherwise: number | null): void {
    if (otherwise !== null) this.say(status);
    this.next(otherwise ?? undefined);
  }

  protected unlock(name: LockName): void {
    const lock = this.state.locks[name];
    if (lock.holder !== this.me) {
      if (name === "r") panic("recursive_lock # unlocked by non-holder thread!");
      panic("_mutex_unlock() failure: thread # is trying to release mutex # (current holder #)");
    }
    if (--lock.depth === 0) this.handOver(name);
  }

  protected handOver(name: LockName): void {
    const lock = this.state.locks[name];
    const next = lock.queue.shift();
    lock.holder = next ?? NOBODY;
    lock.depth = 0;
    if (next === undefined) return;
    lock.depth = this.isRelocking(next) ? (this.state.threads[next] as ThreadState).depth : 1;
    this.wake(next, "B_OK");
  }

  protected isRelocking(thread: number): boolean {
    const { code, at } = this.state.threads[thread] as ThreadState;
    return this.code[code]?.[at]?.do === "relock";
  }

  protected destroy(name: LockName): void {
    const lock = this.state.locks[name];
    if (name !== "r" && lock.holder !== NOBODY && lock.holder !== this.me)
      panic("mutex_destroy(): the lock (#) is held by #, not by the caller");
    for (const waiter of lock.queue.splice(0)) this.wake(waiter, "B_ERROR");
    lock.holder = name === "r" ? NOBODY : DESTROYED;
    lock.depth = 0;
    this.next();
  }

  // --- the reader/writer lock ---

  protected rwLock(writes: boolean, otherwise: number): void {
    const { rw } = this.state;
    const { given } = this.thread;
    if (given !== null) return given === "B_OK" ? this.next() : this.refused(given, otherwise);
    const isFree = rw.writer === NOBODY && rw.queue.length === 0 && (!writes || rw.readers.length === 0);
    if (isFree || rw.writer === this.me) {
      this.rwTake(this.me, writes);
      return this.next();
    }
    rw.queue.push({ thread: this.me, writes });
    this.block("rw", false, false);
  }

  protected rwTake(thread: number, writes: boolean): void {
    const { rw } = this.state;
    if (!writes) return void rw.readers.push(thread);
    rw.writer = thread;
    rw.depth++;
  }

  protected rwUnlock(writes: boolean): void {
    const { rw } = this.state;
    if (writes) {
      if (rw.writer !== this.me) panic("rw_lock_write_unlock(): lock # not write-locked by this thread");
      if (--rw.depth === 0) rw.writer = NOBODY;
    } else {
      const place = rw.readers.indexOf(this.me);
      if (place < 0 && rw.writer !== this.me) panic("rw_lock_read_unlock(): lock # not read-locked");
      if (place >= 0) rw.readers.splice(place, 1);
    }
    for (let [first] = rw.queue; first !== undefined; [first] = rw.queue) {
      if (rw.writer !== NOBODY || (first.writes && rw.readers.length > 0)) break;
      rw.queue.shift();
      this.rwTake(first.thread, first.writes);
      this.wake(first.thread, "B_OK");
    }
    this.next();
  }

  protected rwDestroy(): void {
    const { rw } = this.state;
    if (rw.queue.length > 0 && rw.writer !== this.me)
      panic("rw_lock_destroy(): there are blocking threads, but the caller doesn't hold the write lock (#)");
    for (const { thread } of rw.queue.splice(0)) this.wake(thread, "B_ERROR");
    Object.assign(rw, { writer: NOBODY, depth: 0, readers: [] });
    this.next();
  }
}
