// A queue of packets with a limit in bytes: net_fifo (facts: haiku.md, section 10).
//
// Invariants:
//   - the bytes counted are those of the buffers queued;
//   - enqueue wakes at most one reader, and only if one has said that it waits.
// As in Haiku, a reader gives the lock back before it acquires the semaphore, and one whose wait fails does
// not take back that it waits. Both are faults: a release of all waiters that comes in between wakes nobody
// and stores nothing, and a later enqueue may release once too often.
// Haiku's net_fifo lies inside another struct; this one is an object of its own, which nobody overwrites.

import { B_OK, B_WOULD_BLOCK, ENOBUFS, EOPNOTSUPP, type Status } from "#base/status";
import { Fifo } from "#base/fifo";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import type { Operation, Steps } from "#kernel/operation";
import { B_CAN_INTERRUPT, B_INFINITE_TIMEOUT, B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { after, andThen, given, NOT_YET, resultAtOnce } from "#kernel/at-once";
import { MSG_DONTWAIT, MSG_PEEK } from "#net/device-module";
import type { NetBuffer } from "#net/net-buffer";
import { Mutex } from "#sync/mutex";
import { B_DO_NOT_RESCHEDULE, Semaphore } from "#sync/semaphore";

/** A packet queue. */
export class NetFifo extends KernelObject {
  readonly lock: Mutex;
  /** What readers wait on; a driver may release all of them with a status. */
  readonly notify: Semaphore;
  /** Bytes; 0 is no limit. */
  readonly maxBytes: number;

  // Protected by `lock`.
  readonly #buffers: Fifo<NetBuffer> = new Fifo();
  #currentBytes = 0;
  #waiting = 0;

  /** init_fifo. @param maxBytes the limit, in bytes; 0 for none */
  constructor(kernel: Kernel, name: string, maxBytes: number) {
    super(kernel, name);
    this.lock = new Mutex(kernel, name);
    this.notify = new Semaphore(kernel, 0, name);
    this.maxBytes = maxBytes;
  }

  get type(): string {
    return "fifo";
  }

  /** fifo_enqueue_buffer: ENOBUFS when there is no room; the caller then keeps the buffer. */
  enqueue(buffer: NetBuffer): Operation<Status> {
    const locking = this.lock.lock();
    const locked = resultAtOnce(this.kernel, locking);
    if (locked !== NOT_YET) return this.#enqueue(locked, buffer);
    return andThen(this.kernel, locking, (lockedLater) => this.#enqueue(lockedLater, buffer));
  }

  #enqueue(locked: Status, buffer: NetBuffer): Operation<Status> {
    const hasRoom = this.maxBytes === 0 || this.currentBytes + buffer.size <= this.maxBytes;
    if (hasRoom) this.#append(buffer);
    if (!hasRoom || this.#waiting === 0) return given(this.kernel, this.#unlock(locked, hasRoom ? B_OK : ENOBUFS));
    this.#waiting--;
    return after(this.kernel, this.notify.release(1, B_DO_NOT_RESCHEDULE), () => this.#unlock(locked, B_OK));
  }

  /**
   * fifo_dequeue_buffer: takes the first packet, waiting until there is one.
   * @param flags MSG_DONTWAIT, MSG_PEEK; EOPNOTSUPP for anything else
   * @param timeoutUs microseconds; 0 does not wait (B_WOULD_BLOCK)
   * @returns the packet, which the caller then owns (unless it only peeks), or why there is none: also
   * whatever ended the wait, such as B_TIMED_OUT, B_INTERRUPTED, B_BAD_SEM_ID or the status of a release of all
   */
  dequeue(flags = 0, timeoutUs: number = B_INFINITE_TIMEOUT): Operation<NetBuffer | Status> {
    if ((flags & ~(MSG_DONTWAIT | MSG_PEEK)) !== 0) return given(this.kernel, EOPNOTSUPP);
    const locking = this.lock.lock();
    const locked = resultAtOnce(this.kernel, locking);
    if (locked !== NOT_YET) return this.#dequeue(locked, flags, timeoutUs);
    return andThen(this.kernel, locking, (lockedLater) => this.#dequeue(lockedLater, flags, timeoutUs));
  }

  #dequeue(locked: Status, flags: number, timeoutUs: number): Operation<NetBuffer | Status> {
    const taken = this.#takeOrSayThatItWaits(locked, flags, timeoutUs);
    return taken === null ? this.#wait(flags, timeoutUs) : given(this.kernel, taken);
  }

  *#wait(flags: number, timeoutUs: number): Steps<NetBuffer | Status> {
    for (;;) {
      const status = yield* this.notify.acquire(1, B_CAN_INTERRUPT | B_RELATIVE_TIMEOUT, timeoutUs);
      if (status !== B_OK) return status;
      const taken = this.#takeOrSayThatItWaits(yield* this.lock.lock(), flags, timeoutUs);
      if (taken !== null) return taken;
    }
  }

  // Behind locking, whose status this is. Null: the caller has to wait.
  #takeOrSayThatItWaits(locked: Status, flags: number, timeoutUs: number): NetBuffer | Status | null {
    const buffer = this.first;
    if (buffer !== null && (flags & MSG_PEEK) === 0) this.#removeFirst();
    const waits = buffer === null && (flags & MSG_DONTWAIT) === 0 && timeoutUs !== 0;
    if (waits) this.#waits();
    return this.#unlock(locked, waits ? null : (buffer ?? B_WOULD_BLOCK));
  }

  // As MutexLocker: a lock that was not got, because it was destroyed, is not given back.
  #unlock<T>(locked: Status, result: T): T {
    if (locked === B_OK) this.lock.unlock();
    return result;
  }

  /** clear_fifo: frees what is queued. Takes no lock, as in Haiku. */
  clear(): void {
    if (this.kernel.simulation.closed) return;
    this.changes();
    this.#currentBytes = 0;
    for (const buffer of this.#buffers.takeAll()) buffer.free();
  }

  /** uninit_fifo: frees what is queued, destroys the lock; whoever waits gets B_BAD_SEM_ID. */
  *uninit(): Steps<void> {
    this.clear();
    yield* this.lock.destroy();
    yield* this.notify.delete();
  }

  /** The packet that the next dequeue would give; null when there is none. */
  get first(): NetBuffer | null {
    this.reads();
    return this.#buffers.first ?? null;
  }

  get isEmpty(): boolean {
    return this.first === null;
  }

  /** Bytes queued. */
  get currentBytes(): number {
    this.reads();
    return this.#currentBytes;
  }

  /** Packets queued. */
  get count(): number {
    this.reads();
    return this.#buffers.length;
  }

  /** How many readers have said that they wait, those whose wait failed included. */
  get waiting(): number {
    this.reads();
    return this.#waiting;
  }

  /** What is queued, for whoever looks at a machine and is no part of it: never recorded as a read. */
  get shown(): readonly NetBuffer[] {
    return this.#buffers.items;
  }

  override stateWords(): string {
    return `${this.#buffers.length} packets, ${this.#currentBytes} bytes, ${this.#waiting} waiting`;
  }

  // --- called by the kernel: no operation is performed on the queue itself ---

  enabled(): boolean {
    return true;
  }

  perform(): void {}

  #append(buffer: NetBuffer): void {
    if (this.kernel.simulation.closed) return;
    this.changes();
    this.#buffers.push(buffer);
    this.#currentBytes += buffer.size;
  }

  #removeFirst(): void {
    if (this.kernel.simulation.closed) return;
    this.changes();
    this.#currentBytes -= this.#buffers.shift()?.size ?? 0;
  }

  // A reader that waits again and again has changed nothing that anybody could see: this alone is no progress.
  #waits(): void {
    if (this.kernel.simulation.closed) return;
    this.takes();
    this.#waiting++;
  }
}
