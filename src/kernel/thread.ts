// A simulated thread: a generator, its one pending operation, and what it waits for.
//
// Invariants:
//   - a ready thread has a pending operation, known before it happens; a blocked one has a continuation,
//     which becomes its pending operation when it is woken;
//   - only the first waker wins: a wake-up of a thread that is not waiting has no effect
//     (facts: haiku.md, section 3);
//   - the iterator below is the only thing an operation method of this thread ever returns.

import { UsageError } from "#base/assert";
import { B_INTERRUPTED, B_OK, type Status } from "#base/status";
import { objectOf, type Codes } from "#kernel/footprint";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { newThreadId } from "#kernel/numbers";
import { OperationKind, type DeferredUnlock, type Steps } from "#kernel/operation";
import { OperationIterator } from "#kernel/operation-iterator";
import type { Spin } from "#kernel/spin";
import type { Team } from "#kernel/team";

/** Thread states. A ready thread may be running; `sleeping` is a blocked thread that only time can wake. */
export const ThreadState = { suspended: 0, ready: 1, blocked: 2, sleeping: 3, dead: 4 } as const;
export type ThreadState = (typeof ThreadState)[keyof typeof ThreadState];

/** Haiku's thread priorities (facts: haiku.md, section 3). */
export const B_IDLE_PRIORITY = 0;
export const B_LOWEST_ACTIVE_PRIORITY = 1;
export const B_LOW_PRIORITY = 5;
export const B_NORMAL_PRIORITY = 10;
export const B_DISPLAY_PRIORITY = 15;
export const B_URGENT_DISPLAY_PRIORITY = 20;
export const B_REAL_TIME_DISPLAY_PRIORITY = 100;
export const B_URGENT_PRIORITY = 110;
export const B_REAL_TIME_PRIORITY = 120;

/** A wait that any unblocked signal may end. */
export const B_CAN_INTERRUPT = 1;
/** A wait that may be ended by a signal that kills. */
export const B_KILL_CAN_INTERRUPT = 0x20;
export const B_RELATIVE_TIMEOUT = 8;
export const B_ABSOLUTE_TIMEOUT = 0x10;
/** No timeout; microseconds. */
export const B_INFINITE_TIMEOUT: number = Number.POSITIVE_INFINITY;

/** The signal that kills. */
export const SIGKILL = 9;

// What the constructor needs: it is kept short, each execution makes all its threads anew.
const SUSPENDED = ThreadState.suspended;
const { start: START, complete: COMPLETE, none: NO_OPERATION } = OperationKind;
const NOTHING: Codes = [];

export interface ThreadOptions {
  readonly priority?: number;
  /** A service thread of the kernel: blocked alone, it is no deadlock. */
  readonly daemon?: boolean;
}

/** A thread of a simulated kernel. */
export class Thread extends KernelObject {
  /** A function of (parent, its n-th child), so that equivalent executions agree. */
  readonly id: number;
  /** Order of creation in this execution: the bit of this thread in thread sets. */
  readonly index: number;
  readonly team: Team;
  readonly daemon: boolean;
  priority: number;
  state: ThreadState = SUSPENDED;

  /** What the body returned, once the thread is dead. */
  result: unknown = undefined;
  exitStatus: Status = B_OK;

  // The pending operation.
  pendingKind: OperationKind = START;
  pendingObject: KernelObject | null = null;
  argument = 0;
  argument2 = 0;
  argumentObject: unknown = null;
  /** The first of the unlocks that were made points: each takes effect as a step of its own, before the pending operation. */
  deferred: DeferredUnlock | null = null;
  #deferredNext: DeferredUnlock | null = null;
  #deferredLater: DeferredUnlock[] | null = null;

  // The wait: what for, until when, and what comes after it.
  waitObject: KernelObject | null = null;
  waitFlags = 0;
  /** Microseconds of virtual time; Infinity without a timeout. */
  deadline: number = B_INFINITE_TIMEOUT;
  waitStatus: Status = B_OK;
  /** What a sleep ends with, by its time. */
  sleepResult: Status = B_OK;
  /** The result of the wait that a lock taken again is to give back. */
  relockResult: Status = B_OK;
  continuationKind: OperationKind = COMPLETE;
  continuationObject: KernelObject | null = null;

  /** Pending signals, as a set of bits (1 << signal). */
  signals = 0;
  interruptsOff = false;
  /** The step that started or woke it last. */
  wokenAt = 0;

  // For measured time: owned by src/kernel/haiku-scheduler.ts.
  cpu = -1;
  penalty = 0;
  /** Nanoseconds. */
  quantumUsed = 0;
  cpuTime = 0;

  // The rule that keeps sleepers from starving the rest: owned by the two schedulers.
  /** Woken by time, it has changed nothing since. */
  polling = false;
  /** It sleeps again, and has changed nothing since it was woken. */
  fruitless = false;
  /** Its next wake depends on a change of what it watches. */
  waited = false;
  /** What it did between its last wake and sleeping again, as a text. */
  lastRound = "";
  /** How many rounds in a row were like the one before. */
  sameRounds = 0;
  /** How often it was woken because nobody else was left. */
  lastResorts = 0;
  /** Something of what it watches has been changed since it looked. */
  stale = false;
  /** What its steps have touched since it was woken: a change to that is what it waits for. */
  watches: Codes = NOTHING;

  // The rule for loops that do not sleep (src/kernel/spin.ts): owned by the adversary.
  /** Steps in a row that changed nothing. */
  quietSteps = 0;
  /** Of these, the object and the kind of the operation that came after the first, second, fourth, eighth ... of them. */
  quietObject: KernelObject | null = null;
  quietKind: OperationKind = NO_OPERATION;
  /** It has come back to that operation: its steps are looked at. */
  looking = false;
  /** What its steps have looked like since; null as long as nobody had to look. */
  spin: Spin | null = null;
  /** It goes round a loop that only somebody else can end: it is not chosen before that. */
  spinning = false;

  /** The body has returned, or exit was called; what is left are deferred unlocks and the team's exit. */
  ending = false;
  /** A thread whose syscall is being left by a kill does not come back from it. */
  leftTeam = false;

  /** The number of threads and objects this one has made, for their numbers. */
  childCount = 0;
  objectCount = 0;
  allocationCount = 0;

  readonly iterator: OperationIterator;
  readonly body: () => Steps<unknown>;
  generator: Steps<unknown> | null = null;

  constructor(kernel: Kernel, team: Team, name: string, body: () => Steps<unknown>, options: ThreadOptions) {
    super(kernel, name.length > 31 ? name.slice(0, 31) : name);
    this.team = team;
    this.body = body;
    this.priority = options.priority ?? B_NORMAL_PRIORITY;
    this.daemon = options.daemon ?? false;
    this.id = newThreadId(kernel.simulation);
    this.index = kernel.simulation.threads.length;
    this.iterator = new OperationIterator(this);
  }

  get type(): string {
    return "thread";
  }

  /** @throws UsageError when the body is no generator function: a user's file may say what its types forbid */
  open(): Steps<unknown> {
    const steps = typeof this.body === "function" ? (this.body() as Steps<unknown> | undefined) : this.body;
    if (typeof steps === "object" && typeof steps.next === "function" && Symbol.iterator in steps) return steps;
    throw new UsageError(
      `the body of thread "${this.name}" must be a generator function (function* () { ... }), or give what one gives; it gave ${String(steps)}`,
    );
  }

  /** Waits on a thread end when it is dead; everything else on a thread can always happen. */
  enabled(waiter: Thread): boolean {
    if (waiter.pendingKind !== OperationKind.threadWait || waiter === this) return true;
    return this.state === ThreadState.dead || this.state === ThreadState.suspended;
  }

  /** Waiting for it takes effect when it is dead, or suspended: then it is resumed. */
  override availability(): number {
    return this.state === ThreadState.dead || this.state === ThreadState.suspended ? 1 : 0;
  }

  override holder(): Thread {
    return this;
  }

  perform(thread: Thread): void {
    this.kernel.threadOperation(thread, this);
  }

  /** Blocks this (running) thread on `object`; `continuation` becomes its pending operation when woken. */
  block(object: KernelObject, flags: number, deadline: number): void {
    this.state = ThreadState.blocked;
    this.waitObject = object;
    this.waitFlags = flags;
    this.deadline = deadline;
    this.waitStatus = B_OK;
    this.continuationKind = OperationKind.complete;
    this.continuationObject = null;
    this.kernel.simulation.blocked(this);
  }

  /** Makes an unlock a step of its own, before whatever this thread does next. */
  defer(unlock: DeferredUnlock): void {
    if (this.deferred === null) this.deferred = unlock;
    else if (this.#deferredNext === null) this.#deferredNext = unlock;
    else (this.#deferredLater ??= []).push(unlock);
  }

  /** The first deferred unlock takes effect; behind the last, at a point, the thread arrives at its pending operation. */
  applyDeferred(isAtPoint = true): void {
    const unlock = this.deferred;
    this.deferred = this.#deferredNext;
    this.#deferredNext = this.#deferredLater?.shift() ?? null;
    unlock?.applyUnlock(this);
    if (isAtPoint && this.deferred === null) this.pendingObject?.arrives();
  }

  /** Puts this (running) thread to sleep until `deadline`, in microseconds, which then gives `result`. */
  sleep(object: KernelObject, deadline: number, result: Status = B_OK, flags = 0): void {
    this.block(object, flags, deadline);
    this.state = ThreadState.sleeping;
    this.sleepResult = result;
  }

  /** Ends the wait of this thread with `status`. Only the first caller wins. */
  wake(status: Status): boolean {
    if (this.state !== ThreadState.blocked && this.state !== ThreadState.sleeping) return false;
    this.kernel.simulation.watcher?.woken(this, this.kernel.simulation.current);
    // A signal that comes later finds no wait to end: the two do not commute.
    if (this.waitFlags !== 0) this.kernel.simulation.footprint.write(this.number);
    this.state = ThreadState.ready;
    this.waitStatus = status;
    this.relockResult = status;
    this.pendingKind = this.continuationKind;
    this.pendingObject = this.continuationObject;
    this.kernel.simulation.woken(this);
    this.deadline = Number.POSITIVE_INFINITY;
    this.waitObject = null;
    return true;
  }

  /** The numbers of what it looks at, if it polls or spins. */
  get watched(): readonly number[] {
    if (this.spinning) return [...(this.spin?.touched ?? [])];
    return this.fruitless ? [...new Set(this.watches.map(objectOf))] : [];
  }

  get hasDeadline(): boolean {
    return this.deadline !== Number.POSITIVE_INFINITY;
  }

  /** Completes the pending operation with `value`, which `yield*` then gives to the caller. */
  complete(value: unknown): void {
    this.iterator.finish(value);
  }

  /** Whether a wait with these flags is to end because of a pending signal. */
  interrupted(flags: number): boolean {
    if (this.signals === 0) return false;
    if ((flags & B_CAN_INTERRUPT) !== 0) return true;
    return (flags & B_KILL_CAN_INTERRUPT) !== 0 && this.killed;
  }

  /** Ends this thread's wait with B_INTERRUPTED if its flags let the pending signals do so. */
  interrupt(): void {
    if (this.state === ThreadState.ready || !this.interrupted(this.waitFlags)) return;
    this.waitObject?.abandon(this);
    this.wake(B_INTERRUPTED);
  }

  /** Whether the pending operation gives the CPU away of its own will. */
  yields(): boolean {
    return this.pendingKind === OperationKind.yield && this.deferred === null;
  }

  get killed(): boolean {
    return (this.signals & (1 << SIGKILL)) !== 0;
  }

  /** Calls `stop` at the innermost operation of this thread, if it is in one, so that it can take the stack there. */
  probe(stop: () => void): void {
    if (this.generator === null || this.state === ThreadState.dead || !this.iterator.isParked) return;
    this.iterator.probe = stop;
    this.generator.next();
    this.iterator.probe = null;
  }
}
