// A recursive lock: a mutex that its holder may take again (facts: haiku.md, section 4).
//
// Invariants:
//   - the recursion count is 0 exactly when nobody holds it;
//   - only the holder's last unlock gives it to the next waiter, first come, first served.
// While exploring, a thread that would have to queue has not taken its step yet (see src/sync/mutex.ts).

import { B_OK, B_WOULD_BLOCK, type Status } from "#base/status";
import { completed } from "#kernel/at-once";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { formatAddress } from "#kernel/kernel-object";
import { heldBy } from "#kernel/blocking";
import { OperationKind, type Operation } from "#kernel/operation";
import { takesStep } from "#kernel/plain";
import type { Embedded, Field } from "#kernel/struct";
import type { Thread } from "#kernel/thread";
import { SleepingLock } from "#sync/sleeping-lock";
import { passSpinlock } from "#sync/spinlock-word";

// Read at each step: as a property of an imported object it is looked up each time.
const LOCK = OperationKind.recursiveLock;

/** A recursive lock. */
export class RecursiveLock extends SleepingLock implements Embedded {
  #spinlock = 0;
  #owner: Thread | null = null;
  #recursion = 0;
  /** Somebody tried it in vain: for him giving it back is a change. */
  #triedInVain = false;
  /** How deep each waiting thread had it, to be restored. */
  readonly #depths = new Map<Thread, number>();

  constructor(kernel: Kernel, name = "unnamed recursive lock", block: Block | null = null) {
    super(kernel, name, block);
  }

  get type(): string {
    return "recursive lock";
  }

  init(name: string): void {
    this.changes();
    this.initialised();
    this.name = name;
    this.fill(0);
  }

  /** recursive_lock_lock: B_OK once it is held; B_ERROR if it was destroyed meanwhile. */
  lock(): Operation<Status> {
    const { simulation } = this.kernel;
    const isFree = simulation.isPlain && this.#owner === null && this.#spinlock === 0 && this.isWhole();
    const thread = isFree ? takesStep(simulation, LOCK, this) : null;
    if (thread !== null) return this.#lockNow(thread);
    this.arrives();
    return simulation.operate(LOCK, this);
  }

  #lockNow(thread: Thread): Operation<Status> {
    this.kernel.spinlocks.note(this, LOCK);
    this.#owner = thread;
    this.#recursion = 1;
    return completed(thread, B_OK);
  }

  /** recursive_lock_trylock: B_OK or B_WOULD_BLOCK. */
  tryLock(): Operation<Status> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.recursiveTryLock, this);
  }

  /** recursive_lock_destroy: waiters' locks return B_ERROR. */
  destroy(): Operation<void> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.recursiveDestroy, this);
  }

  /** recursive_lock_get_recursion: how deep the caller holds it, -1 when it does not. */
  get recursion(): number {
    this.reads();
    return this.#owner !== null && this.#owner === this.kernel.simulation.current ? this.#recursion : -1;
  }

  override holder(): Thread | null {
    return this.#owner;
  }

  override availability(): number {
    return this.#owner === null || this.#spinlock !== 0 ? 1 : heldBy(this.#owner);
  }

  // --- called by the kernel and by condition variables ---

  override get relockKind(): OperationKind {
    return OperationKind.recursiveRelock;
  }

  /** Gives back all levels, for a wait. */
  override releaseForWait(thread: Thread): void {
    this.takes();
    this.#depths.set(thread, this.#recursion);
    this.#checkHolder(thread);
    this.kernel.simulation.recorder?.unlocked(this);
    this.#recursion = 0;
    this.#giveToNext();
  }

  enabled(thread: Thread): boolean {
    if (thread.pendingKind !== OperationKind.recursiveLock && thread.pendingKind !== OperationKind.recursiveRelock) {
      return true;
    }
    return this.#owner === null || this.#owner === thread || this.#spinlock !== 0;
  }

  perform(thread: Thread): void {
    this.takes();
    passSpinlock(this, this.#spinlock, thread.pendingKind);
    if (thread.pendingKind === OperationKind.recursiveDestroy) return this.#destroy(thread);
    if (thread.pendingKind === OperationKind.recursiveTryLock && !this.#isFreeFor(thread)) {
      this.#triedInVain = true;
      this.reads();
      return thread.complete(B_WOULD_BLOCK);
    }
    if (thread.interruptsOff && this.kernel.debug === "kdebug") {
      this.kernel.panic(
        `recursive_lock_lock: called with interrupts disabled for lock ${formatAddress(this.address)} ("${this.name}")`,
      );
    }
    const relocks = thread.pendingKind === OperationKind.recursiveRelock;
    if (this.#isFreeFor(thread)) {
      this.#take(thread, relocks);
      return thread.complete(relocks ? thread.relockResult : B_OK);
    }
    this.enqueue(thread);
  }

  applyUnlock(thread: Thread | null): void {
    this.takes();
    this.#checkHolder(thread);
    this.kernel.simulation.recorder?.unlocked(this, this.#recursion - 1);
    if (--this.#recursion === 0) this.#giveToNext();
  }

  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#spinlock = word;
    this.#owner = null;
    this.#recursion = 0;
    this.queued.length = 0;
  }

  #isFreeFor(thread: Thread): boolean {
    return this.#owner === null || this.#owner === thread;
  }

  #take(thread: Thread, relocks: boolean): void {
    this.#owner = thread;
    this.#recursion = relocks ? (this.#depths.get(thread) ?? 1) : this.#recursion + 1;
    this.kernel.simulation.recorder?.acquired(this, thread, this.#recursion);
  }

  #checkHolder(thread: Thread | null): void {
    if (this.#owner !== thread) {
      this.kernel.panic(`recursive_lock ${formatAddress(this.address)} unlocked by non-holder thread!`);
    }
  }

  #giveToNext(): void {
    if (this.#triedInVain) this.kernel.simulation.changed = true;
    this.#triedInVain = false;
    this.#owner = null;
    const next = this.queued.shift();
    if (next === undefined) return;
    this.#take(next, this.relocks(next));
    this.wakeQueued(next, B_OK);
  }

  #destroy(thread: Thread): void {
    this.refuseWaiters(this.#owner !== null);
    this.fill(0);
    this.kernel.simulation.changed = true;
    thread.complete(undefined);
  }

  // Somebody may have destroyed it: whether this unlock is a step of its own depends on that.
  protected override get unlockReleases(): boolean {
    this.reads();
    return this.#recursion <= 1;
  }

  protected override queues(kind: OperationKind): boolean {
    return kind === OperationKind.recursiveLock || kind === OperationKind.recursiveRelock;
  }
}

/** A recursive lock inside a struct. */
export function recursiveLock(name?: string): Field<RecursiveLock> {
  return {
    kind: "embedded",
    zero: null as unknown as RecursiveLock,
    size: 56,
    create: (kernel, block, fieldName) => new RecursiveLock(kernel, name ?? fieldName, block),
  };
}
