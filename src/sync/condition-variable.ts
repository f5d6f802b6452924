// A condition variable and its entries (facts: haiku.md, section 5; condition_variable.cpp).
//
// Invariants:
//   - it has no memory: a notify that finds no entry does nothing;
//   - an entry is queued before the lock is given back, so a notify cannot fall between unlock and block: that
//     is why queue, unlock and block may be one step here, and what the whole explorer rests on;
//   - with a lock, it is taken again on every outcome, errors and timeouts included;
//   - notify takes entries from the head (or any, where a scenario asks for that) and never switches;
//   - where a scenario asks for spurious wake-ups, a wait may end with B_OK though nobody notified it, as POSIX allows
//     (pthread_cond_wait) and Haiku does not do. Such an entry leaves the queue in the step in which it would block:
//     whatever comes between that and its thread's next step finds the others in the queue just the same.
// Not modelled: the moment in which an entry removes itself while a notify walks the list (fixed in 2025).

import { assert, UsageError } from "#base/assert";
import { B_ENTRY_NOT_FOUND, B_INTERRUPTED, B_OK, B_TIMED_OUT, B_WOULD_BLOCK, type Status } from "#base/status";
import { completed } from "#kernel/at-once";
import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";
import { formatAddress, KernelObject } from "#kernel/kernel-object";
import { wakesSpuriously } from "#kernel/mishaps";
import { OperationKind, type Operation } from "#kernel/operation";
import { takesStep } from "#kernel/plain";
import type { Embedded, Field } from "#kernel/struct";
import { B_CAN_INTERRUPT, B_INFINITE_TIMEOUT, B_KILL_CAN_INTERRUPT, type Thread } from "#kernel/thread";
import { deadlineOf, timesOutAtOnce } from "#sync/deadline";
import type { Mutex } from "#sync/mutex";
import type { RecursiveLock } from "#sync/recursive-lock";
import { passSpinlock } from "#sync/spinlock-word";

/** One thread's place in a condition variable's queue. From `add` on, a notification is remembered. */
export class ConditionVariableEntry {
  variable: ConditionVariable | null = null;
  thread: Thread | null = null;
  /** What ended its wait, or will: null until a notification has come. */
  notified: Status | null = null;
  waiting = false;
  /** What is to be locked again after the wait. */
  lock: Mutex | RecursiveLock | null = null;

  /**
   * Entry::Wait: the stored status at once if a notification came since `add`, else blocks. Relative
   * timeout 0: B_WOULD_BLOCK. Ends with the notifier's status, B_TIMED_OUT or B_INTERRUPTED.
   */
  wait(flags = 0, timeout: number = B_INFINITE_TIMEOUT): Operation<Status> {
    const variable = this.variable;
    if (variable === null) throw new UsageError("ConditionVariableEntry: wait() before add()");
    return variable.waitEntry(this, flags, timeout);
  }
}

// Read at each step: as a property of an imported object it is looked up each time.
const NOTIFY = OperationKind.conditionNotify;

/** A kernel condition variable. */
export class ConditionVariable extends KernelObject implements Embedded {
  // Protected by the variable's own spinlock, whose word is `#spinlock`.
  #spinlock = 0;
  readonly #entries: ConditionVariableEntry[] = [];
  /** What it is published for; null when it is anonymous. */
  #published: unknown = null;

  constructor(kernel: Kernel, name = "unnamed condition variable", block: Block | null = null) {
    super(kernel, name, block);
  }

  get type(): string {
    return "condition variable";
  }

  /** Init(object, type). Zero-filled memory works without it, as an empty variable with no name. */
  init(name: string): void {
    this.changes();
    this.initialised();
    this.name = name;
    this.fill(0);
  }

  /** Publish(object, type): the variable can be found by `object`. */
  publish(object: unknown): void {
    this.changes();
    this.#published = object;
    publishedVariables(this.kernel).set(object, this);
  }

  /** Unpublish: whoever still waits gets B_ENTRY_NOT_FOUND. */
  unpublish(): void {
    this.changes();
    publishedVariables(this.kernel).delete(this.#published);
    this.#published = null;
    this.#notify(this.#entries.length, B_ENTRY_NOT_FOUND);
  }

  /** The variable that was published for `object`; null when there is none (notifying it wakes 0). */
  static find(kernel: Kernel, object: unknown): ConditionVariable | null {
    return publishedVariables(kernel).get(object) ?? null;
  }

  /** Entry::Add: registers the calling thread, which is to call `entry.wait`. */
  add(entry: ConditionVariableEntry): Operation<void> {
    return this.kernel.simulation.operate(OperationKind.conditionAdd, this, 0, 0, entry);
  }

  /**
   * Wait(lock, flags, timeout): gives `lock` back, waits, and takes it again; null waits without a lock.
   * Gives the notifier's status, B_TIMED_OUT, B_INTERRUPTED, or B_WOULD_BLOCK for a relative timeout of 0.
   * Microseconds. The predicate must be tested again by the caller.
   */
  wait(lock: Mutex | RecursiveLock | null, flags = 0, timeout: number = B_INFINITE_TIMEOUT): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.conditionWait, this, flags, timeout, lock);
  }

  /** NotifyOne: wakes one waiter with `status` (0 or negative); gives how many were woken. */
  notifyOne(status: Status = B_OK): Operation<number> {
    return this.#notifyNobody(status) ?? this.kernel.simulation.operate(NOTIFY, this, status, 1);
  }

  // Where all is plain and nobody waits: mostly. Null where it is not so.
  #notifyNobody(status: Status): Operation<number> | null {
    const { simulation, spinlocks } = this.kernel;
    const isNobody = simulation.isPlain && this.#entries.length === 0 && status <= 0;
    const thread = isNobody && this.#spinlock === 0 && this.isWhole() ? takesStep(simulation, NOTIFY, this) : null;
    if (thread !== null) spinlocks.note(this, NOTIFY);
    return thread === null ? null : completed(thread, 0);
  }

  /** NotifyAll: wakes every waiter with `status` (0 or negative); gives how many were woken. */
  notifyAll(status: Status = B_OK): Operation<number> {
    return this.kernel.simulation.operate(NOTIFY, this, status, Number.MAX_SAFE_INTEGER);
  }

  /** The waiting threads, first to be notified first. */
  get waiters(): readonly Thread[] {
    return this.#entries.flatMap((entry) => (entry.thread === null ? [] : [entry.thread]));
  }

  // --- called by the kernel and by entries ---

  waitEntry(entry: ConditionVariableEntry, flags: number, timeout: number): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.entryWait, this, flags, timeout, entry);
  }

  enabled(): boolean {
    return true;
  }

  perform(thread: Thread): void {
    this.takes();
    switch (thread.pendingKind) {
      case OperationKind.conditionAdd:
        this.#add(thread.argumentObject as ConditionVariableEntry, thread);
        return thread.complete(undefined);
      case OperationKind.entryWait:
        return this.#blockOn(thread, thread.argumentObject as ConditionVariableEntry, null);
      case OperationKind.conditionWait:
        return this.#wait(thread, thread.argumentObject as Mutex | RecursiveLock | null);
      default:
        return this.#performNotify(thread);
    }
  }

  override abandon(thread: Thread): void {
    this.takes();
    // Not one that it has added to wait with later.
    const entry = this.#entries.find((each) => each.thread === thread && each.waiting);
    if (entry === undefined) return;
    this.#remove(entry);
    entry.notified ??= thread.interrupted(thread.waitFlags) ? B_INTERRUPTED : B_TIMED_OUT;
    entry.lock?.arrives();
  }

  fill(word: number): void {
    this.kernel.simulation.footprint.write(this.number);
    this.#spinlock = word;
    this.#entries.length = 0;
  }

  #add(entry: ConditionVariableEntry, thread: Thread): void {
    passSpinlock(this, this.#spinlock, OperationKind.conditionAdd);
    entry.variable = this;
    entry.thread = thread;
    entry.notified = null;
    entry.waiting = false;
    this.#entries.push(entry);
  }

  #wait(thread: Thread, lock: Mutex | RecursiveLock | null): void {
    const entry = new ConditionVariableEntry();
    this.#add(entry, thread);
    lock?.releaseForWait(thread);
    this.#blockOn(thread, entry, lock);
  }

  #blockOn(thread: Thread, entry: ConditionVariableEntry, lock: Mutex | RecursiveLock | null): void {
    const flags = thread.argument;
    const status = this.#statusAtOnce(thread, entry, flags);
    if (status !== null) return finish(thread, status, lock);
    if (wakesSpuriously(this.kernel, this.name)) return this.#wakeForNothing(thread, entry, lock);
    entry.waiting = true;
    entry.lock = lock;
    thread.block(this, flags, deadlineOf(this.kernel, flags, thread.argument2));
    if (lock !== null) {
      thread.continuationKind = lock.relockKind;
      thread.continuationObject = lock;
    }
  }

  // It goes on as if somebody had notified it, after whoever comes first.
  #wakeForNothing(thread: Thread, entry: ConditionVariableEntry, lock: Mutex | RecursiveLock | null): void {
    entry.notified = B_OK;
    this.#remove(entry);
    lock?.arrives();
    thread.waitStatus = B_OK;
    if (lock !== null) return finish(thread, B_OK, lock);
    thread.pendingKind = OperationKind.complete;
    thread.pendingObject = null;
  }

  // The status with which a wait ends before it begins; null when it is to block.
  #statusAtOnce(thread: Thread, entry: ConditionVariableEntry, flags: number): Status | null {
    if (entry.notified !== null) return entry.notified;
    if (thread.interruptsOff && this.kernel.debug === "kdebug") {
      this.kernel.panic(
        `ConditionVariableEntry::Wait() called with interrupts disabled, entry: ${formatAddress(this.address + 8)}, variable: ${formatAddress(this.address)}`,
      );
    }
    let status: Status | null = null;
    if (timesOutAtOnce(flags, thread.argument2)) status = B_WOULD_BLOCK;
    else if ((flags & (B_CAN_INTERRUPT | B_KILL_CAN_INTERRUPT)) !== 0) {
      this.kernel.simulation.footprint.read(thread.number);
      if (thread.interrupted(flags)) status = B_INTERRUPTED;
    }
    if (status === null) return null;
    entry.notified = status;
    this.#remove(entry);
    return status;
  }

  #remove(entry: ConditionVariableEntry): void {
    const place = this.#entries.indexOf(entry);
    if (place >= 0) this.#entries.splice(place, 1);
  }

  #performNotify(thread: Thread): void {
    const status = thread.argument;
    passSpinlock(this, this.#spinlock, OperationKind.conditionNotify);
    if (status > 0) this.kernel.panic(`tried to notify with invalid result ${status}`);
    const count = this.#notify(thread.argument2, status);
    this.kernel.simulation.recorder?.notified(this, count, thread.argument2 !== 1);
    thread.complete(count);
  }

  #notify(most: number, status: Status): number {
    let count = 0;
    while (count < most && this.#entries.length > 0) {
      const entry = this.#takeEntry(most);
      count++;
      entry.notified = status;
      this.kernel.simulation.changed = true;
      entry.lock?.arrives();
      if (entry.waiting) entry.thread?.wake(status);
    }
    return count;
  }

  #takeEntry(most: number): ConditionVariableEntry {
    const { simulation } = this.kernel;
    const any = most === 1 && simulation.options.wakeups === "any";
    const place = any ? simulation.choose(this.#entries.length, `which waiter of ${this.name} wakes`) : 0;
    const entry = place === 0 ? this.#entries.shift() : this.#entries.splice(place, 1)[0];
    assert(entry !== undefined, "an entry is there to be notified");
    return entry;
  }
}

/** A condition variable inside a struct. */
export function conditionVariable(name?: string): Field<ConditionVariable> {
  return {
    kind: "embedded",
    zero: null as unknown as ConditionVariable,
    size: 48,
    create: (kernel, block, fieldName) => new ConditionVariable(kernel, name ?? fieldName, block),
  };
}

// A wait that did not block: with a lock, taking it again is an operation of its own.
function finish(thread: Thread, status: Status, lock: Mutex | RecursiveLock | null): void {
  if (lock === null) return thread.complete(status);
  thread.relockResult = status;
  thread.pendingKind = lock.relockKind;
  thread.pendingObject = lock;
}

function publishedVariables(kernel: Kernel): Map<unknown, ConditionVariable> {
  const key = "condition variables";
  const found = kernel.services.get(key);
  if (found instanceof Map) return found as Map<unknown, ConditionVariable>;
  const made = new Map<unknown, ConditionVariable>();
  kernel.services.set(key, made);
  return made;
}
