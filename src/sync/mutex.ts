// A mutex: a sleeping lock with one owner (facts: haiku.md, section 4; lock.cpp).
//
// Invariants:
//   - a free mutex has no queued waiters: unlock hands ownership to the first one, so nobody barges in;
//   - the holder is never among the waiters, except after the panic that says so;
//   - destroyed, it reads as zero-filled memory, and every queued waiter has been woken with B_ERROR.
// Waiting, and what it means while exploring: src/sync/sleeping-lock.ts.
// Not modelled: the release build's counter arithmetic (its effects are); priority inheritance (Haiku has none).

import { B_OK, B_TIMED_OUT, B_WOULD_BLOCK, type Status } from "#base/status";
import { completed } from "#kernel/at-once";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { heldBy } from "#kernel/blocking";
import { OperationKind, type Operation } from "#kernel/operation";
import { takesStep } from "#kernel/plain";
import type { Embedded } from "#kernel/struct";
import type { Thread } from "#kernel/thread";
import { deadlineOf, timesOutAtOnce } from "#sync/deadline";
import { checkLocking, destroyedByOther, UNINITIALIZED, uninitialized, unlockedByOther } from "#sync/mutex-panics";
import { SleepingLock } from "#sync/sleeping-lock";
import { passSpinlock } from "#sync/spinlock-word";

/** The holder words that are no thread id, and UNINITIALIZED. */
const FREE = -1;
/** A release build's lock that was destroyed: nobody gets it any more. */
const DESTROYED = -0x8000;

// Read at each step: as properties of an imported object they are looked up each time.
const LOCK = OperationKind.mutexLock;
const UNLOCK = OperationKind.mutexUnlock;

/** A kernel mutex. */
export class Mutex extends SleepingLock implements Embedded {
  // Protected by the mutex's own spinlock, whose word is `#spinlock`.
  #spinlock = 0;
  #holder: number = FREE;
  #owner: Thread | null = null;
  /** Somebody tried it in vain: for him giving it back is a change. */
  #triedInVain = false;

  /** A mutex that is ready to use, as MUTEX_INITIALIZER makes it. */
  constructor(kernel: Kernel, name = "unnamed mutex", block: Block | null = null) {
    super(kernel, name, block);
  }

  get type(): string {
    return "mutex";
  }

  /** mutex_init: makes raw memory a free mutex. */
  init(name: string): void {
    this.changes();
    this.initialised();
    this.name = name;
    this.fill(0);
    this.#holder = FREE;
  }

  /** mutex_lock: B_OK once it is held, B_ERROR if it was destroyed meanwhile. Not interruptible. */
  lock(): Operation<Status> {
    const { simulation } = this.kernel;
    const isFree = simulation.isPlain && this.#holder === FREE && this.#spinlock === 0 && this.isWhole();
    const thread = isFree ? takesStep(simulation, LOCK, this) : null;
    if (thread === null) this.arrives();
    return thread === null ? simulation.operate(LOCK, this) : this.#lockNow(thread);
  }

  #lockNow(thread: Thread): Operation<Status> {
    this.kernel.spinlocks.note(this, LOCK);
    this.#take(thread);
    return completed(thread, B_OK);
  }

  /** mutex_trylock: B_OK, or B_WOULD_BLOCK when somebody holds it, the caller included. */
  tryLock(): Operation<Status> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.mutexTryLock, this);
  }

  /** mutex_lock_with_timeout: as `lock`, or B_TIMED_OUT. Microseconds, by B_RELATIVE_ or B_ABSOLUTE_TIMEOUT. */
  lockWithTimeout(flags: number, timeout: number): Operation<Status> {
    this.kernel.simulation.mark(this);
    this.arrives();
    return this.kernel.simulation.operate(OperationKind.mutexTimedLock, this, flags, timeout);
  }

  /** mutex_transfer_lock: the holder makes another thread the holder. */
  transferLock(thread: Thread): Operation<void> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.mutexTransfer, this, 0, 0, thread);
  }

  /** mutex_switch_lock: unlocks this one and locks `to`, as one act with respect to `to`. */
  switchLock(to: Mutex): Operation<Status> {
    to.showsQueue();
    return this.kernel.simulation.operate(OperationKind.mutexSwitch, to, 0, 0, this);
  }

  /** mutex_destroy: every waiter's lock returns B_ERROR; the memory then reads as zero-filled. */
  destroy(): Operation<void> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.mutexDestroy, this);
  }

  /** Whether the caller holds it (ASSERT_LOCKED_MUTEX). */
  isHeldByCaller(): boolean {
    this.reads();
    return this.#holder !== FREE && this.#holder === this.kernel.simulation.current?.id;
  }

  override holder(): Thread | null {
    return this.#owner;
  }

  override canBlock(thread: Thread): boolean {
    if (thread.pendingKind === OperationKind.mutexTimedLock && Number.isFinite(thread.argument2))
      return thread.argument === 0 && !this.queueShows;
    return super.canBlock(thread) && !this.queueShows;
  }

  override availability(): number {
    if (this.#owner === null || this.#spinlock !== 0) return this.#holder === DESTROYED ? 0 : 1;
    return heldBy(this.#owner);
  }

  /** The holder's word: a thread id, -1 when free, 0 when not initialised. */
  get holderWord(): number {
    return this.#holder;
  }

  // --- called by the kernel and by condition variables ---

  /** The operation with which a wait takes this lock again. */
  override get relockKind(): OperationKind {
    return OperationKind.mutexRelock;
  }

  /** Gives the lock back as part of a wait's own step. */
  override releaseForWait(thread: Thread): void {
    this.applyUnlock(thread);
  }

  enabled(thread: Thread): boolean {
    if (this.#holder === FREE) return true;
    switch (thread.pendingKind) {
      case OperationKind.mutexTimedLock:
        return Number.isFinite(deadlineOf(this.kernel, thread.argument, thread.argument2)) || this.#acts(thread);
      case OperationKind.mutexLock:
      case OperationKind.mutexRelock:
        return this.#acts(thread);
      default:
        return true;
    }
  }

  perform(thread: Thread): void {
    this.takes();
    // The usual case apart from all others: what the engine inlines is small.
    const isPlain = this.#holder === FREE && this.#spinlock === 0 && !thread.interruptsOff;
    if (!isPlain || thread.pendingKind !== LOCK) return this.#performOther(thread);
    this.kernel.spinlocks.note(this, LOCK);
    this.#take(thread);
    thread.complete(B_OK);
  }

  #performOther(thread: Thread): void {
    switch (thread.pendingKind) {
      case OperationKind.mutexLock:
        return this.#lock(thread);
      case OperationKind.mutexRelock: // its result is the wait's, whatever becomes of the lock
        return this.#lock(thread, Number.POSITIVE_INFINITY, thread.relockResult);
      case OperationKind.mutexTryLock:
        return this.#tryLock(thread);
      case OperationKind.mutexTimedLock:
        return this.#timedLock(thread);
      case OperationKind.mutexTransfer:
        return this.#transfer(thread, thread.argumentObject as Thread);
      case OperationKind.mutexSwitch:
        (thread.argumentObject as Mutex).applyUnlock(thread);
        thread.pendingKind = OperationKind.mutexLock;
        return this.#lock(thread);
      default:
        return this.#destroy(thread);
    }
  }

  /** The effect of unlock. `thread` is null only while a host is being built. */
  applyUnlock(thread: Thread | null): void {
    this.takes();
    const isPlain = this.#spinlock === 0 && !this.#triedInVain && this.queued.length === 0;
    if (!isPlain || thread === null || this.#holder !== thread.id) return this.#unlockOther(thread);
    this.kernel.spinlocks.note(this, UNLOCK);
    this.kernel.simulation.recorder?.unlocked(this);
    this.#holder = FREE;
    this.#owner = null;
  }

  #unlockOther(thread: Thread | null): void {
    passSpinlock(this, this.#spinlock, OperationKind.mutexUnlock);
    const id = thread?.id ?? UNINITIALIZED;
    if (this.#holder !== id && this.kernel.debug === "kdebug") unlockedByOther(this, id);
    this.kernel.simulation.recorder?.unlocked(this);
    if (this.#triedInVain) this.kernel.simulation.changed = true;
    this.#triedInVain = false;
    this.#giveToNext();
  }

  /** The memory is overwritten. Uninitialised memory has no name of its own: the declared one stays. */
  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#spinlock = word;
    this.#holder = word | 0;
    this.#owner = null;
    this.queued.length = 0;
  }

  #lock(thread: Thread, deadline: number = Number.POSITIVE_INFINITY, result: Status = B_OK): void {
    this.#checkUsable(thread);
    if (!this.#isFree()) return this.enqueue(thread, deadline);
    this.#take(thread);
    thread.complete(result);
  }

  #tryLock(thread: Thread): void {
    passSpinlock(this, this.#spinlock, OperationKind.mutexTryLock);
    const isFree = this.#isFree();
    if (isFree) this.#take(thread);
    else if (this.#holder === UNINITIALIZED) uninitialized(this, "_mutex_trylock");
    else this.#triedInVain = true;
    if (!isFree) this.reads();
    thread.complete(isFree ? B_OK : B_WOULD_BLOCK);
  }

  #timedLock(thread: Thread): void {
    const deadline = deadlineOf(this.kernel, thread.argument, thread.argument2);
    if (this.#isFree() && this.#spinlock === 0) return this.#lock(thread, deadline);
    this.#checkUsable(thread);
    this.reads();
    if (timesOutAtOnce(thread.argument, thread.argument2)) return thread.complete(B_TIMED_OUT);
    this.#triedInVain = true;
    // While exploring, a thread that gets the lock in time simply takes its step later.
    if (this.kernel.simulation.scheduler.adversarial && !this.queueShows) thread.sleep(this, deadline, B_TIMED_OUT);
    else this.enqueue(thread, deadline);
  }

  #transfer(thread: Thread, to: Thread): void {
    if (this.#holder !== thread.id) this.kernel.panic("mutex_transfer_lock(): current thread is not the lock holder!");
    this.queueIfQueued(to);
    this.#take(to);
    thread.complete(undefined);
  }

  #destroy(thread: Thread): void {
    passSpinlock(this, this.#spinlock, OperationKind.mutexDestroy);
    const isOthers = this.#holder !== FREE && this.#holder !== thread.id;
    if (isOthers && this.kernel.debug === "kdebug") destroyedByOther(this);
    this.refuseWaiters(this.#holder !== FREE);
    this.fill(0);
    if (this.kernel.debug === "release") this.#holder = DESTROYED;
    this.kernel.simulation.changed = true;
    thread.complete(undefined);
  }

  #checkUsable(thread: Thread): void {
    passSpinlock(this, this.#spinlock, OperationKind.mutexLock);
    if (this.kernel.debug === "kdebug") checkLocking(this, thread);
  }

  protected override queues(kind: OperationKind): boolean {
    const { mutexLock, mutexRelock, mutexTimedLock } = OperationKind;
    return kind === mutexLock || kind === mutexRelock || kind === mutexTimedLock;
  }

  // A release build keeps no holder, only a counter, which zero-filled memory has right.
  #isFree(): boolean {
    return this.#holder === FREE || (this.#holder === UNINITIALIZED && this.kernel.debug === "release");
  }

  // Whether locking takes effect now: it gets the lock, or panics.
  #acts(thread: Thread): boolean {
    if (this.#isFree() || this.#spinlock !== 0 || this.queueShows) return true;
    return this.kernel.debug === "kdebug" && (this.#holder === thread.id || this.#holder === UNINITIALIZED);
  }

  #take(thread: Thread): void {
    this.#holder = thread.id;
    this.#owner = thread;
    this.kernel.simulation.recorder?.acquired(this, thread);
  }

  #giveToNext(): void {
    this.#holder = FREE;
    this.#owner = null;
    const next = this.queued.shift();
    if (next === undefined) return;
    this.#take(next);
    this.wakeQueued(next, B_OK);
  }
}
