// A counting semaphore (facts: haiku.md, section 4; sem.cpp).
//
// Invariants:
//   - queued threads are served first come, first served; nobody is queued while the first one could be served;
//   - release with B_RELEASE_ALL wakes exactly the threads queued now and stores nothing; with
//     B_RELEASE_IF_WAITING_ONLY it serves the queue, and what is left when that is empty is lost;
//   - deleted, every operation says B_BAD_SEM_ID, and every queued thread has been woken with it.
// While exploring, a thread that would have to queue has not taken its step yet. Where the queue can be seen
// (B_RELEASE_ALL, B_RELEASE_IF_WAITING_ONLY, the count) the semaphore is marked, and queueing becomes a step of its own. Where
// a scenario asks for any waiter, a release serves any queued thread whose request it covers, and not the first.

import { B_BAD_SEM_ID, B_BAD_VALUE, B_INTERRUPTED, B_OK, B_TIMED_OUT, B_WOULD_BLOCK, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { OperationKind, type Operation } from "#kernel/operation";
import {
  B_ABSOLUTE_TIMEOUT,
  B_CAN_INTERRUPT,
  B_INFINITE_TIMEOUT,
  B_KILL_CAN_INTERRUPT,
  B_RELATIVE_TIMEOUT,
  type Thread,
} from "#kernel/thread";
import { deadlineOf } from "#sync/deadline";
import { passSpinlock } from "#sync/spinlock-word";

/** Release without switching to a woken thread of higher priority. */
export const B_DO_NOT_RESCHEDULE = 2;
/** Release whoever is queued, and store nothing. */
export const B_RELEASE_ALL = 8;
/** Release queued threads as far as the count goes; what nobody waits for is lost. */
export const B_RELEASE_IF_WAITING_ONLY = 0x10;

interface Waiter {
  readonly thread: Thread;
  readonly count: number;
}

/** A counting semaphore. */
export class Semaphore extends KernelObject {
  #available: number;
  #deleted = false;
  readonly #queue: Waiter[] = [];

  /** create_sem. @param count how many can be acquired at once, 0 or more */
  constructor(kernel: Kernel, count: number, name = "unnamed semaphore") {
    super(kernel, name);
    this.#available = count;
    kernel.simulation.recorder?.created(this);
  }

  /** create_sem as a driver calls it: B_BAD_VALUE for a negative count, which the kernel of August 2023 let pass. */
  static create(kernel: Kernel, count: number, name = "unnamed semaphore"): Semaphore | Status {
    return count < 0 && kernel.era === "head" ? B_BAD_VALUE : new Semaphore(kernel, count, name);
  }

  get type(): string {
    return "semaphore";
  }

  /**
   * acquire_sem_etc: takes `count`, waiting until there are as many. B_BAD_VALUE, B_BAD_SEM_ID (also when
   * deleted meanwhile), B_WOULD_BLOCK (relative timeout 0), B_TIMED_OUT, B_INTERRUPTED, or the status
   * that a release of all waiters sent. Microseconds; without a timeout flag the timeout does not count.
   */
  acquire(count = 1, flags = 0, timeout: number = B_INFINITE_TIMEOUT): Operation<Status> {
    // A big request at the head holds up those behind it: the order of the queue shows.
    if (count > 1) this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.semaphoreAcquire, this, flags, timeout, count);
  }

  /**
   * release_sem_etc. With B_RELEASE_ALL a negative `count` is the status that the queued threads receive,
   * and 1 means B_OK. With B_RELEASE_IF_WAITING_ONLY nothing is stored for threads that come later.
   */
  release(count = 1, flags = 0): Operation<Status> {
    if ((flags & (B_RELEASE_ALL | B_RELEASE_IF_WAITING_ONLY)) !== 0) this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.semaphoreRelease, this, count, flags);
  }

  /** delete_sem: waiters get B_BAD_SEM_ID. */
  delete(): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.semaphoreDelete, this);
  }

  /** get_sem_count: negative by as much as queued threads want. */
  count(): Operation<number> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.semaphoreCount, this);
  }

  get isDeleted(): boolean {
    return this.#deleted;
  }

  /** The count as the debugger shows it. */
  get shownCount(): number {
    return this.#queue.reduce((left, waiter) => left - waiter.count, this.#available);
  }

  override canBlock(thread: Thread): boolean {
    if (thread.pendingKind !== OperationKind.semaphoreAcquire || this.kernel.simulation.isMarked(this)) return false;
    const timed = (thread.argument & (B_RELATIVE_TIMEOUT | B_ABSOLUTE_TIMEOUT)) !== 0;
    return !(timed && thread.argument2 !== B_INFINITE_TIMEOUT) && !thread.interrupted(thread.argument);
  }

  override availability(): number {
    return this.#deleted ? Number.POSITIVE_INFINITY : this.#available;
  }

  override stateWords(): string {
    return this.#deleted ? "deleted" : `count ${this.shownCount}`;
  }

  get waiters(): readonly Thread[] {
    return this.#queue.map((waiter) => waiter.thread);
  }

  // --- called by the kernel ---

  enabled(thread: Thread): boolean {
    if (thread.pendingKind !== OperationKind.semaphoreAcquire) return true;
    const { simulation } = this.kernel;
    if (this.#deleted || !simulation.scheduler.adversarial || simulation.isMarked(this)) return true;
    const flags = thread.argument;
    const timed = (flags & (B_RELATIVE_TIMEOUT | B_ABSOLUTE_TIMEOUT)) !== 0;
    const wanted = thread.argumentObject as number;
    return (
      (timed && thread.argument2 !== B_INFINITE_TIMEOUT) ||
      wanted <= 0 ||
      this.#canTake(wanted) ||
      thread.interrupted(flags)
    );
  }

  perform(thread: Thread): void {
    passSpinlock(this, 0, thread.pendingKind);
    switch (thread.pendingKind) {
      case OperationKind.semaphoreAcquire:
        return this.#acquire(thread, thread.argumentObject as number, thread.argument, thread.argument2);
      case OperationKind.semaphoreRelease:
        return thread.complete(this.#release(thread.argument, thread.argument2));
      case OperationKind.semaphoreCount:
        this.reads();
        return thread.complete(this.#deleted ? B_BAD_SEM_ID : this.shownCount);
      default:
        return thread.complete(this.#delete());
    }
  }

  override abandon(thread: Thread): void {
    this.takes();
    const place = this.#queue.findIndex((waiter) => waiter.thread === thread);
    if (place >= 0) this.#queue.splice(place, 1);
    this.#serveQueue();
  }

  #acquire(thread: Thread, count: number, flags: number, timeout: number): void {
    this.takes();
    if (thread.interruptsOff && this.kernel.debug === "kdebug") {
      this.kernel.panic(`switch_sem_etc: called with interrupts disabled for sem ${this.number}`);
    }
    const bothTimeouts = (flags & B_RELATIVE_TIMEOUT) !== 0 && (flags & B_ABSOLUTE_TIMEOUT) !== 0;
    if (count <= 0 || bothTimeouts) return thread.complete(B_BAD_VALUE);
    if (this.#deleted) return thread.complete(B_BAD_SEM_ID);
    if (this.#canTake(count)) {
      this.#available -= count;
      this.kernel.simulation.changed = true;
      this.kernel.simulation.recorder?.acquired(this, thread, count, "acquire");
      return thread.complete(B_OK);
    }
    this.reads();
    if ((flags & B_RELATIVE_TIMEOUT) !== 0 && timeout <= 0) return thread.complete(B_WOULD_BLOCK);
    if ((flags & B_ABSOLUTE_TIMEOUT) !== 0 && timeout < 0) return thread.complete(B_TIMED_OUT);
    if ((flags & (B_CAN_INTERRUPT | B_KILL_CAN_INTERRUPT)) !== 0) {
      this.kernel.simulation.footprint.read(thread.number);
      if (thread.interrupted(flags)) return thread.complete(B_INTERRUPTED);
    }
    this.#wait(thread, count, flags, deadlineOf(this.kernel, flags, timeout));
  }

  #wait(thread: Thread, count: number, flags: number, deadline: number): void {
    const { simulation } = this.kernel;
    if (simulation.scheduler.adversarial && !simulation.isMarked(this)) {
      // A thread that gets it in time simply takes its step later.
      return thread.sleep(this, deadline, B_TIMED_OUT, flags);
    }
    this.#queue.push({ thread, count });
    thread.block(this, flags, deadline);
  }

  #release(count: number, flags: number): Status {
    this.takes();
    if (this.kernel.simulation.current?.interruptsOff && (flags & B_DO_NOT_RESCHEDULE) === 0) {
      this.kernel.panic(
        `release_sem_etc(): called with interrupts disabled and rescheduling allowed for sem_id ${this.number}`,
      );
    }
    if ((flags & B_RELEASE_ALL) !== 0) {
      // The status came on 29 November 2023.
      const woken = this.#wakeAll(count < 0 && this.kernel.era === "head" ? count : B_OK);
      this.kernel.simulation.recorder?.notified(this, woken, true);
    } else {
      if (count <= 0) return B_BAD_VALUE;
      if (this.#deleted) return B_BAD_SEM_ID;
      this.#give(count, (flags & B_RELEASE_IF_WAITING_ONLY) === 0);
    }
    if ((flags & B_DO_NOT_RESCHEDULE) === 0) this.kernel.simulation.scheduler.reschedule();
    return this.#deleted ? B_BAD_SEM_ID : B_OK;
  }

  #give(count: number, stores: boolean): void {
    const { simulation } = this.kernel;
    const before = this.#available;
    const queued = this.#queue.length;
    this.#available += count;
    this.#serveQueue();
    // What the queue did not want is lost; what a request at its head waits for is kept.
    if (!stores && this.#queue.length === 0) this.#available = Math.min(before, this.#available);
    if (!stores) simulation.recorder?.notified(this, queued - this.#queue.length, false);
    if (stores || queued > 0) simulation.changed = true;
  }

  #delete(): Status {
    this.changes();
    if (this.#deleted) return B_BAD_SEM_ID;
    this.#deleted = true;
    this.#wakeAll(B_BAD_SEM_ID);
    this.kernel.simulation.scheduler.reschedule();
    return B_OK;
  }

  #wakeAll(status: Status): number {
    const queued = this.#queue.splice(0);
    for (const { thread } of queued) thread.wake(status);
    if (queued.length > 0) this.kernel.simulation.changed = true;
    return queued.length;
  }

  #serveQueue(): void {
    for (let next = this.#nextToServe(); next !== undefined; next = this.#nextToServe()) {
      if (this.#queue[0] === next) this.#queue.shift();
      else this.#queue.splice(this.#queue.indexOf(next), 1);
      this.#available -= next.count;
      this.kernel.simulation.recorder?.acquired(this, next.thread, next.count, "acquire");
      next.thread.wake(B_OK);
    }
  }

  // The first one, who holds up the others until he is covered; or any that is, where a scenario asks for that.
  #nextToServe(): Waiter | undefined {
    const { simulation } = this.kernel;
    const isCovered = (waiter: Waiter): boolean => waiter.count <= this.#available;
    if (simulation.options.wakeups === "fifo") {
      const first = this.#queue[0];
      return first !== undefined && isCovered(first) ? first : undefined;
    }
    const covered = this.#queue.filter(isCovered);
    return covered[simulation.choose(covered.length, `which waiter of ${this.name} is served`)];
  }

  #canTake(count: number): boolean {
    return this.#available >= count && this.#queue.length === 0;
  }
}
