// What mutex and recursive lock have in common: the queue, taking a lock again after a wait, and being destroyed
// while threads are about to lock.
//
// Invariants:
//   - queued threads are served first come, first served;
//   - a thread that locks again after a wait on a condition variable gets the wait's result, whatever becomes of
//     the lock;
//   - while exploring, a thread that would have to queue has not taken its step yet. So when the holder destroys the
//     lock, each thread about to lock was either queued, and is refused, or comes too late: both are explored. So are
//     both where a thread that is about to lock is made the holder by another;
//   - where somebody switches to the lock from another (mutex_switch_lock) he is in the queue from then on, and giving back the other
//     one shows it. So then threads queue while exploring, too, each in a step of its own.

import { B_ERROR, type Status } from "#base/status";
import { KernelObject } from "#kernel/kernel-object";
import { OperationKind, type DeferredUnlock, type Operation } from "#kernel/operation";
import { ThreadState, type Thread } from "#kernel/thread";
import { Guarding, type Guard } from "#sync/guard";

/** Added to a lock's number it is the mark that says that its queue shows: beyond the numbers of all objects. */
const QUEUE_MARK = 500_000_000_000_000;

/** A lock whose waiters sleep. */
export abstract class SleepingLock extends KernelObject implements DeferredUnlock {
  protected readonly queued: Thread[] = [];

  abstract lock(): Operation<Status>;
  /** The effect of unlock. */
  abstract applyUnlock(thread: Thread | null): void;
  /** Gives the lock back as part of a wait's own step. */
  abstract releaseForWait(thread: Thread): void;
  /** The operation with which a wait takes this lock again. */
  abstract get relockKind(): OperationKind;

  /** Locks, and unlocks at the end of the block: `using _ = yield* lock.guard()`. */
  guard(): Operation<Guard> {
    return new Guarding(this, this.lock());
  }

  /** Gives the lock back. A point only where the exploration needs one. */
  unlock(): void {
    const { simulation } = this.kernel;
    if (simulation.closed) return;
    const thread = simulation.current;
    if (simulation.isPlain) return this.applyUnlock(thread);
    const isPoint = simulation.allUnlocksArePoints || simulation.isMarked(this);
    // Behind an unlock that is still to come this one takes its turn.
    if (thread !== null && ((isPoint && this.unlockReleases) || thread.deferred !== null)) thread.defer(this);
    else this.applyUnlock(thread);
  }

  get waiters(): readonly Thread[] {
    return this.queued;
  }

  /**
   * The running step brings a thread to the point before locking. Whoever destroys the lock while he holds it
   * finds that thread queued or not yet there, so for a lock that is destroyed arriving belongs to the footprint.
   */
  override arrives(): void {
    const { simulation } = this.kernel;
    if (simulation.isMarked(this)) simulation.footprint.read(-this.number);
  }

  override abandon(thread: Thread): void {
    this.takes();
    const place = this.queued.indexOf(thread);
    if (place >= 0) this.queued.splice(place, 1);
  }

  /** From now on who waits for it is in its queue, while exploring too. */
  showsQueue(): void {
    this.kernel.simulation.mark({ number: QUEUE_MARK + this.number });
  }

  protected get queueShows(): boolean {
    const { simulation } = this.kernel;
    return simulation.hasMarks && simulation.options.marks.has(QUEUE_MARK + this.number);
  }

  /** Whether the next unlock gives the lock back, and not only a level of it. */
  protected get unlockReleases(): boolean {
    return true;
  }

  /** The thread waits until it is given the lock. */
  protected enqueue(thread: Thread, deadline: number = Number.POSITIVE_INFINITY): void {
    const relocks = thread.pendingKind === this.relockKind;
    this.queued.push(thread);
    thread.block(this, 0, deadline);
    if (relocks) {
      thread.continuationKind = OperationKind.resume;
      thread.continuationObject = this;
    }
  }

  /** Whether a queued thread locks again after a wait. */
  protected relocks(queued: Thread): boolean {
    return queued.continuationKind === OperationKind.resume;
  }

  /** Ends a queued thread's wait for the lock. */
  protected wakeQueued(waiter: Thread, status: Status): void {
    const relocks = this.relocks(waiter);
    waiter.continuationKind = OperationKind.complete;
    waiter.continuationObject = null;
    waiter.wake(relocks ? waiter.relockResult : status);
  }

  /** The lock is destroyed by the running thread, who `held` it or not. */
  protected refuseWaiters(held: boolean): void {
    for (const waiter of this.queued.splice(0)) this.wakeQueued(waiter, B_ERROR);
    const { simulation } = this.kernel;
    if (!simulation.scheduler.adversarial || !held || this.queueShows) return;
    simulation.footprint.write(-this.number);
    for (const other of simulation.threads) if (this.isAbout(other)) refuse(other, this);
  }

  /** A thread is about to be made the holder by another: if it was queued, it stays queued. */
  protected queueIfQueued(thread: Thread): void {
    const { simulation } = this.kernel;
    if (!simulation.scheduler.adversarial || this.queueShows) return;
    simulation.footprint.write(-this.number);
    // One whose wait may end by time is not disabled: it takes its own step, and times out.
    if (!this.isAbout(thread) || !this.canBlock(thread)) return;
    if (simulation.choose(2, `"${thread.name}" was queued on ${this.name} when it became its holder`) === 1)
      this.enqueue(thread);
  }

  /** Whether an operation of this kind can find its thread in the queue. */
  protected abstract queues(kind: OperationKind): boolean;

  /** Whether another thread, which has not taken the step, is about to lock. */
  protected isAbout(thread: Thread): boolean {
    const pends = thread.state === ThreadState.ready && thread.pendingObject === this && thread.deferred === null;
    const isOther = thread !== this.kernel.simulation.current && thread !== this.holder();
    return pends && isOther && this.queues(thread.pendingKind);
  }
}

function refuse(thread: Thread, lock: SleepingLock): void {
  const { simulation } = lock.kernel;
  if (simulation.choose(2, `"${thread.name}" was queued on ${lock.name} when it was destroyed`) === 1) return;
  simulation.watcher?.refused(thread);
  thread.waitStatus = thread.pendingKind === lock.relockKind ? thread.relockResult : B_ERROR;
  thread.pendingKind = OperationKind.complete;
  thread.pendingObject = null;
}
