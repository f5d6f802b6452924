// One deterministic universe: its threads, the step that is running, and how it ends.
//
// Invariants:
//   - one thread runs at a time, from point to point; there the scheduler says who goes on, as a plain call, and
//     the thread yields only when that is somebody else;
//   - the same choices give the same execution: nothing here reads a clock, a random number or a global;
//   - once closed (a panic, a limit, a cut) no operation changes anything, disposers included.

import { SimulatorBug } from "#base/assert";
import { unlockBelow, type Aside } from "#kernel/access-point";
import { firstChooser, type Chooser } from "#kernel/chooser";
import { conclude, thrownFailure, type Failure } from "#kernel/conclude";
import { Footprint } from "#kernel/footprint";
import type { Kernel } from "#kernel/kernel";
import type { KernelObject } from "#kernel/kernel-object";
import { outsideThread, yieldedByItself } from "#kernel/misuse";
import { END, OperationKind, type Operation, type Steps } from "#kernel/operation";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import { DEFAULT_OPTIONS, type SimulationOptions } from "#kernel/options";
import { accessesArePlain } from "#kernel/plain";
import type { Scheduler } from "#kernel/scheduler";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Watcher } from "#kernel/watcher";
import type { Recorder } from "#trace/recorder";

// Read at each step: as properties of an imported object they are looked up each time.
const READY = ThreadState.ready;
const COMPLETE = OperationKind.complete;

export class Simulation {
  readonly options: SimulationOptions;
  readonly threads: Thread[] = [];
  readonly kernels: Kernel[] = [];
  readonly footprint: Footprint = new Footprint();
  chooser: Chooser;
  recorder: Recorder | null;
  scheduler: Scheduler;
  /** The thread whose step is running; the last of those that stand aside in their code, and whether one waits who might not. */
  current: Thread | null = null;
  aside: Aside | null = null;
  nestedOnly = false;
  /** Whose step has just ended. */
  lastThread: Thread | null = null;
  /** Whether the running step has changed data. */
  changed = false;
  timedWaits = 0;
  /** Steps taken so far, the set-up's `setupSteps` included. */
  steps = 0;
  setupSteps = 0;
  closed = false;
  /** The chooser ended this execution early; it counts for nothing. */
  wasCut = false;
  inSetup = false;
  /** For strategies that reverse races: told of what a step takes and whom it wakes. */
  watcher: Watcher | null = null;
  /** Whether giving something back is a point for every object; any object is marked; nothing is noted at all (src/kernel/plain.ts). */
  readonly allUnlocksArePoints: boolean;
  readonly hasMarks: boolean;
  readonly isPlain: boolean;
  /** Made outside threads so far: owned by src/kernel/numbers.ts. */
  rootThreads = 0;
  rootObjects = 0;
  /** Objects that turned out to need marks (see SimulationOptions). */
  newMarks: Set<number> | null = null;
  readonly stepsMost: number;
  #chosen: Thread | null = null;
  #switched = false;
  #starting = false;
  #failure: Failure | null = null;
  #bug: SimulatorBug | null = null;

  constructor(
    scheduler: (simulation: Simulation) => Scheduler,
    chooser: Chooser = firstChooser,
    options: SimulationOptions = DEFAULT_OPTIONS,
    recorder: Recorder | null = null,
  ) {
    this.chooser = chooser;
    this.scheduler = scheduler(this);
    this.footprint.isKept = this.scheduler.adversarial;
    this.options = options;
    this.allUnlocksArePoints = options.pointsBefore === "every";
    this.stepsMost = options.maxSteps;
    this.hasMarks = options.marks.size !== 0;
    this.recorder = recorder;
    this.isPlain = accessesArePlain(this);
    recorder?.watch(this);
  }

  /**
   * The running thread arrives at a point with this operation. Called by the operation methods of kernel
   * objects, whose result it is.
   * @throws UsageError outside a thread, or when the thread's last operation was not awaited
   */
  operate<T>(
    kind: OperationKind,
    object: KernelObject | null,
    argument = 0,
    argument2 = 0,
    argumentObject: unknown = null,
  ): Operation<T> {
    const thread = this.current ?? outsideThread();
    const iterator = thread.iterator;
    if (!this.closed) {
      iterator.checkAwaited();
      thread.pendingKind = kind;
      thread.pendingObject = object;
      thread.argument = argument;
      thread.argument2 = argument2;
      thread.argumentObject = argumentObject;
      if (!this.#starting && this.#decide(thread) === thread && this.advance(thread)) {
        return iterator as unknown as Operation<T>;
      }
    }
    iterator.leave();
    this.#switched = true;
    return iterator as unknown as Operation<T>;
  }

  /** Carries out the pending operation of the chosen thread. False when another thread goes first. */
  advance(thread: Thread): boolean {
    for (;;) {
      this.beginStep(thread);
      if (this.closed) return false; // too many steps: this one is not taken
      if (thread.state !== READY) this.scheduler.expire(thread);
      if (thread.deferred !== null) thread.applyDeferred();
      else if (thread.pendingKind === COMPLETE) thread.complete(thread.waitStatus);
      else if (thread.pendingObject !== null) thread.pendingObject.perform(thread);
      if (thread.iterator.isComplete) return true;
      if (!this.closed && !thread.ending && this.#decide(thread) === thread) continue;
      this.#switched = true;
      return false;
    }
  }

  /** Runs until nobody can, it is closed, or `until` (asked between threads) says so; or until `aside` is chosen: then true. */
  run(until: (() => boolean) | null = null, aside: Thread | null = null): boolean {
    let thread = this.#decide(aside);
    while (thread !== null && thread !== aside && !this.closed && until?.() !== true) {
      this.current = thread;
      thread = this.#resume(thread);
    }
    this.current = aside;
    this.#switched = false;
    if (this.#bug !== null) throw this.#bug;
    return thread !== null && !this.closed;
  }

  /** Ends the execution with a failure. The first one counts. */
  fail(kind: OutcomeKind, message: string, thread: Thread | null = this.current, stack = ""): void {
    if (this.#failure === null) this.#failure = { kind, message, thread: thread?.id ?? 0, stack };
    this.closed = true;
  }

  /** Ends the execution without an outcome. */
  cut(): void {
    this.wasCut = true;
    this.closed = true;
  }

  /** The outcome, once `run` has returned. */
  get outcome(): Outcome {
    return conclude(this, this.#failure);
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  /** Microseconds of virtual time. */
  now(): number {
    return this.scheduler.now();
  }

  /** A value in 0 .. count-1, chosen by the strategy: every one of them is explored. */
  choose(count: number, why: string): number {
    if (count <= 1 || this.closed) return 0;
    const value = this.chooser.pickValue(count, why, this);
    this.recorder?.choice(value, count, why);
    return value;
  }

  isMarked(object: KernelObject): boolean {
    return this.hasMarks && this.options.marks.has(object.number);
  }

  /** This object's unlocks must be points, its queue visible: what was explored without that is too little. */
  mark(object: { readonly number: number }): void {
    if (this.inSetup || this.options.marks.has(object.number)) return;
    (this.newMarks ??= new Set()).add(object.number);
  }

  /** A spawned thread may start: at once up to its first operation, where starting is no step. */
  started(thread: Thread): void {
    if (this.options.startIsStep) return;
    const before = this.current;
    const wasStarting = this.#starting;
    this.#starting = true;
    this.current = thread;
    this.#resume(thread);
    this.#starting = wasStarting;
    this.current = before;
  }

  /** A thread has begun to wait. */
  blocked(thread: Thread): void {
    this.scheduler.blocked(thread);
    this.recorder?.blocked(thread);
  }

  /** A thread's wait is over. */
  woken(thread: Thread): void {
    thread.wokenAt = this.steps;
    this.scheduler.woken(thread);
    this.recorder?.woken(thread);
  }

  #decide(from: Thread | null): Thread | null {
    this.#chosen = this.closed ? null : this.scheduler.next(from);
    return this.#chosen;
  }

  beginStep(thread: Thread): void {
    this.lastThread = thread;
    this.steps++;
    const isPlain = thread.kernel.cpuCount === 1 && this.recorder === null;
    if (!isPlain || this.steps > this.stepsMost + this.setupSteps) this.#beginNoted(thread);
  }

  // The rest of what may happen when a step begins, which seldom does.
  #beginNoted(thread: Thread): void {
    if (thread.kernel.cpuCount > 1) thread.kernel.usesCpu();
    const isTooLong = this.steps > this.stepsMost + this.setupSteps;
    if (isTooLong) return this.fail("out-of-steps", `more than ${this.stepsMost} steps`);
    this.recorder?.step(thread);
  }

  // Runs the thread's code up to its next switch; returns who goes on.
  #resume(thread: Thread): Thread | null {
    this.#switched = false;
    try {
      if (this.aside !== null && unlockBelow(thread, this.aside)) return this.#decide(thread);
      if (thread.ending) return this.#unlockAfterEnd(thread);
      const generator = thread.generator ?? this.#open(thread);
      if (generator === null) return null;
      const result = generator.next();
      if (result.done === true || thread.ending) return this.#left(thread, result);
      if (!this.#switched) throw yieldedByItself(thread);
      return this.#chosen;
    } catch (error) {
      this.#thrown(thread, error);
      return null;
    }
  }

  #open(thread: Thread): Steps<unknown> | null {
    if (this.options.startIsStep) this.beginStep(thread);
    thread.generator = this.closed ? null : thread.open();
    return thread.generator;
  }

  #unlockAfterEnd(thread: Thread): Thread | null {
    this.beginStep(thread);
    if (!this.closed) thread.applyDeferred();
    return this.closed ? null : this.#end(thread);
  }

  #left(thread: Thread, result: IteratorResult<undefined, unknown>): Thread | null {
    if (result.done === true) thread.iterator.checkAwaited();
    if (result.done === true && !thread.leftTeam) thread.result = result.value;
    return this.#end(thread);
  }

  // The body is through: the team's last thread leaves for all, deferred unlocks take effect, then it dies.
  #end(thread: Thread): Thread | null {
    if (!thread.leftTeam) {
      thread.leftTeam = true;
      const leave = thread.team.threadLeaves(thread);
      if (leave !== null) {
        thread.ending = false;
        thread.iterator.reset();
        thread.generator = leave;
        return this.#resume(thread);
      }
    }
    if (!thread.ending && this.isMarked(thread)) thread.defer(END);
    thread.ending = true;
    if (thread.deferred === null) thread.kernel.threadDied(thread);
    return this.#starting ? null : this.#decide(thread);
  }

  #thrown(thread: Thread, error: unknown): void {
    if (this.closed) return;
    if (error instanceof SimulatorBug) this.#bug = error;
    const failure = thrownFailure(error, thread.id);
    this.recorder?.failed(thread, failure.message);
    this.#failure ??= failure;
    this.closed = true;
  }
}
