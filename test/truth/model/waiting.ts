// The condition variable and the semaphore (facts: haiku.md, sections 4 and 5).

import type { How } from "../program.js";
import type { LockName } from "./code.js";
import { Locking } from "./locking.js";
import type { ThreadState } from "./state.js";

export class Waiting extends Locking {
  // --- the condition variable ---

  protected wait(lock: LockName | null, how: How): void {
    if (this.thread.given === null) {
      this.state.entries.push({ thread: this.me, added: false, waiting: true });
      if (lock !== null) {
        this.thread.depth = this.state.locks[lock].depth;
        if (this.state.locks[lock].holder === this.me) this.state.locks[lock].depth = 1; // all levels
        this.unlock(lock);
      }
      const status = this.atOnce(how, "B_WOULD_BLOCK");
      if (status === null) return this.block("cv", how === "timed", how === "interruptible");
      this.state.entries.pop();
      this.thread.given = status;
    }
    this.thread.waitResult = this.thread.given ?? "";
    this.next();
  }

  // Whatever becomes of the lock, the result is the wait's.
  protected relock(lock: LockName): void {
    const depth = this.thread.depth;
    if (this.thread.given !== null) return this.next();
    if (lock === "r" && this.state.locks.r.holder === this.me) throw new Error("it holds what it gave back");
    this.lock(lock, "wait", null);
    if (this.thread.life === "ready") this.state.locks[lock].depth = depth;
  }

  protected waitEntry(how: How): void {
    const { entry, given } = this.thread;
    if (given !== null) {
      this.thread.entry = null;
      return this.note(given);
    }
    if (entry === null) return this.next();
    const mine = this.state.entries.find((each) => each.thread === this.me && each.added);
    const status = entry.status ?? this.atOnce(how, "B_WOULD_BLOCK");
    if (status === null) {
      if (mine !== undefined) mine.waiting = true;
      return this.block("cv", how === "timed", how === "interruptible");
    }
    this.state.entries = this.state.entries.filter((each) => each !== mine);
    this.thread.entry = null;
    this.note(status);
  }

  protected notify(most: number, status: string, which: number): number {
    const { entries } = this.state;
    const count = Math.min(most, entries.length);
    for (let i = 0; i < count; i++) {
      const [entry] = entries.splice(which, 1);
      if (entry === undefined) break;
      const { thread, added, waiting } = entry;
      const { entry: own } = this.state.threads[thread] as ThreadState;
      if (added && own !== null) own.status = status;
      if (waiting) this.wake(thread, status);
    }
    return count;
  }

  // --- the semaphore ---

  protected acquire(count: number, how: How): void {
    const { semaphore } = this.state;
    if (this.thread.given !== null) return this.note(this.thread.given);
    if (semaphore.deleted) return this.note("B_BAD_SEM_ID");
    if (semaphore.queue.length === 0 && semaphore.available >= count) {
      semaphore.available -= count;
      return this.note("B_OK");
    }
    const status = this.atOnce(how, "B_WOULD_BLOCK");
    if (status !== null) return this.note(status);
    semaphore.queue.push({ thread: this.me, count });
    this.block("s", how === "timed", how === "interruptible");
  }

  protected wakeSemaphore(status: string): void {
    for (const { thread } of this.state.semaphore.queue.splice(0)) this.wake(thread, status);
  }
}
