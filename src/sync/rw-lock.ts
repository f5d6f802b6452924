// A reader/writer lock (facts: haiku.md, section 4).
//
// Invariants:
//   - either one writer (recursively, and it may read too) or any number of readers;
//   - a queued writer holds up new readers; the queue is first come, first served;
//   - a reader that asks to write waits for itself: an upgrade deadlocks.
// Here the queue is visible while exploring too: a queued writer holds up readers, which whoever reads already
// may be waiting for. Queueing is therefore a step of its own, unlike that of a mutex.

import { B_ERROR, B_OK, type Status } from "#base/status";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { formatAddress, KernelObject } from "#kernel/kernel-object";
import { OperationKind, type DeferredUnlock, type Operation } from "#kernel/operation";
import type { Embedded, Field } from "#kernel/struct";
import type { Thread } from "#kernel/thread";
import { Guard } from "#sync/guard";
import { passSpinlock } from "#sync/spinlock-word";

/** A reader/writer lock. */
export class RwLock extends KernelObject implements Embedded {
  #spinlock = 0;
  #writer: Thread | null = null;
  #writeDepth = 0;
  readonly #readers: Thread[] = [];
  readonly #queue: { readonly thread: Thread; readonly writes: boolean }[] = [];

  constructor(kernel: Kernel, name = "unnamed rw lock", block: Block | null = null) {
    super(kernel, name, block);
  }

  get type(): string {
    return "rw lock";
  }

  init(name: string): void {
    this.changes();
    this.initialised();
    this.name = name;
    this.fill(0);
  }

  /** rw_lock_read_lock. */
  readLock(): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.readLock, this);
  }

  /** rw_lock_read_unlock. */
  readUnlock(): void {
    this.#defer({ name: this.name, applyUnlock: (thread) => this.applyReadUnlock(thread) });
  }

  /** rw_lock_write_lock. */
  writeLock(): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.writeLock, this);
  }

  /** rw_lock_write_unlock. */
  writeUnlock(): void {
    this.#defer(this);
  }

  /** rw_lock_destroy: waiters' locks return B_ERROR. */
  destroy(): Operation<void> {
    this.kernel.simulation.mark(this);
    return this.kernel.simulation.operate(OperationKind.rwDestroy, this);
  }

  /** ReadLocker. */
  *readGuard(): Generator<undefined, Guard, void> {
    yield* this.readLock();
    return new Guard({ unlock: () => this.readUnlock() });
  }

  /** WriteLocker. */
  *writeGuard(): Generator<undefined, Guard, void> {
    yield* this.writeLock();
    return new Guard({ unlock: () => this.writeUnlock() });
  }

  override holder(): Thread | null {
    return this.#writer ?? this.#readers[0] ?? null;
  }

  override isHeldBy(thread: Thread): boolean {
    return this.#levelsOf(thread) > 0;
  }

  get readers(): readonly Thread[] {
    return this.#readers;
  }

  get waiters(): readonly Thread[] {
    return this.#queue.map((waiter) => waiter.thread);
  }

  // --- called by the kernel ---

  enabled(): boolean {
    return true;
  }

  perform(thread: Thread): void {
    this.takes();
    passSpinlock(this, this.#spinlock, thread.pendingKind);
    if (thread.pendingKind === OperationKind.rwDestroy) return this.#destroy(thread);
    const writes = thread.pendingKind === OperationKind.writeLock;
    if (thread.interruptsOff && this.kernel.debug === "kdebug") {
      const which = writes ? "_rw_lock_write_lock" : "_rw_lock_read_lock";
      this.kernel.panic(`${which}(): called with interrupts disabled for lock ${formatAddress(this.address)}`);
    }
    if (writes ? this.#canWrite(thread) : this.#canRead(thread)) {
      this.#take(thread, writes);
      return thread.complete(B_OK);
    }
    this.#queue.push({ thread, writes });
    thread.block(this, 0, Number.POSITIVE_INFINITY);
  }

  /** The effect of rw_lock_write_unlock. */
  applyUnlock(thread: Thread): void {
    this.takes();
    if (this.#writer !== thread) {
      this.kernel.panic(`rw_lock_write_unlock(): lock ${formatAddress(this.address)} not write-locked by this thread`);
    }
    this.#writeDepth--;
    this.kernel.simulation.recorder?.unlocked(this, this.#levelsOf(thread));
    if (this.#writeDepth > 0) return;
    this.#writer = null;
    this.#serveQueue();
  }

  /** The effect of rw_lock_read_unlock. */
  applyReadUnlock(thread: Thread): void {
    this.takes();
    const place = this.#readers.indexOf(thread);
    if (place < 0 && this.#writer !== thread) {
      this.kernel.panic(`rw_lock_read_unlock(): lock ${formatAddress(this.address)} not read-locked`);
    }
    if (place >= 0) this.#readers.splice(place, 1);
    this.kernel.simulation.recorder?.unlocked(this, this.#levelsOf(thread));
    this.#serveQueue();
  }

  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#spinlock = word;
    this.#writer = null;
    this.#writeDepth = 0;
    this.#readers.length = 0;
    this.#queue.length = 0;
  }

  #defer(unlock: DeferredUnlock): void {
    const { simulation } = this.kernel;
    const thread = simulation.current;
    if (simulation.closed || thread === null) return;
    const isPoint = simulation.options.pointsBefore === "every" || simulation.isMarked(this);
    if (isPoint || thread.deferred !== null) thread.defer(unlock);
    else unlock.applyUnlock(thread);
  }

  #canRead(thread: Thread): boolean {
    if (this.#writer === thread) return true;
    return this.#writer === null && this.#queue.length === 0;
  }

  #canWrite(thread: Thread): boolean {
    if (this.#writer === thread) return true;
    return this.#writer === null && this.#readers.length === 0 && this.#queue.length === 0;
  }

  #take(thread: Thread, writes: boolean): void {
    if (writes) {
      this.#writer = thread;
      this.#writeDepth++;
    } else this.#readers.push(thread);
    const text = writes ? "write lock" : "read lock";
    this.kernel.simulation.recorder?.acquired(this, thread, this.#levelsOf(thread), text);
  }

  // How often a thread has it, reading and writing.
  #levelsOf(thread: Thread): number {
    const reads = this.#readers.filter((reader) => reader === thread).length;
    return reads + (this.#writer === thread ? this.#writeDepth : 0);
  }

  #serveQueue(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const free = this.#writer === null && (first.writes ? this.#readers.length === 0 : true);
      if (!free) return;
      this.#queue.shift();
      this.#take(first.thread, first.writes);
      first.thread.wake(B_OK);
    }
  }

  #destroy(thread: Thread): void {
    if (this.#queue.length > 0 && this.#writer !== thread) {
      const lock = `(${formatAddress(this.address)})`;
      this.kernel.panic(
        this.kernel.era === "aug23"
          ? `rw_lock_destroy(): there are blocking threads, but the caller doesn't hold the write lock ${lock}`
          : `rw_lock_destroy(): lock is in use and the caller doesn't hold the write lock ${lock}`,
      );
    }
    for (const waiter of this.#queue.splice(0)) waiter.thread.wake(B_ERROR);
    this.fill(0);
    this.kernel.simulation.changed = true;
    thread.complete(undefined);
  }
}

/** A reader/writer lock inside a struct. */
export function rwLock(name?: string): Field<RwLock> {
  return {
    kind: "embedded",
    zero: null as unknown as RwLock,
    size: 64,
    create: (kernel, block, fieldName) => new RwLock(kernel, name ?? fieldName, block),
  };
}
