// Adversarial time: at each point any thread that can go on may be chosen, and a wait with a deadline may end
// at any moment, because a real thread can be delayed without bound.
//
// Invariants:
//   - a sleeper that was woken, changed nothing and sleeps again, for the third time in the same way, is not woken before somebody has
//     changed something that it touched meanwhile: polling loops starve nobody and end every exploration. Its next wake then reads what it
//     watched, so that the change and the wake are dependent like any other pair;
//   - a thread that spins, going round a loop without sleeping or changing anything, is treated likewise (src/kernel/spin.ts);
//   - when nothing but such threads is left they go on in turn, a round each, without a choice, so that a loop with a
//     bound of its own can end; if that goes on without a change it is a livelock;
//   - leaving a thread that sleeps, blocks or yields is no preemption: `carriesOn` is false for it.
// With interrupts off on one CPU nobody else runs: what is done then belongs to the same step.

import { CUT, knowsWays, type Guide } from "#kernel/chooser";
import { follow } from "#kernel/access-point";
import { conflicts, objectOf, union } from "#kernel/footprint";
import { isWanted, leastResorted, livelockMessage } from "#kernel/livelock";
import { OperationKind } from "#kernel/operation";
import { withHeldUp, type HeldUp } from "#kernel/held-up";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { comesBack, COUNTED_ROUNDS, QUIET_STEPS, Spin } from "#kernel/spin";
import { ThreadState, type Thread } from "#kernel/thread";

/** Fruitless wakes or rounds in a row, with nobody else able to run, after which it is a livelock. */
const LIVELOCK_ROUNDS = 200;

/** Steps in a row with interrupts off on the only CPU, none of which changes anything, after which it is a livelock. */
const SECTION_STEPS_MOST = 1_000;

/** After so many rounds just like the one before, sleeping again is polling. */
const POLLING_ROUNDS = 2;

type Microseconds = number;

// Read at each point: as properties of an imported object they are looked up each time.
const READY = ThreadState.ready;

export class Adversary implements Scheduler {
  readonly adversarial = true;
  heldUp: HeldUp[] | null = null;
  readonly #simulation: Simulation;
  /** The chooser, if it may know the way. */
  readonly #guide: Guide | null;
  readonly #candidates: Thread[] = [];
  #now: Microseconds;
  #fruitlessRounds = 0;
  /** Steps so far of the section with interrupts off on the only CPU, and the simulation's step at its last one. */
  #sectionSteps = 0;
  #sectionEnd = 0;
  /** Whether any thread has ever watched something. */
  #watching = false;

  /** @param now the time at which exploring begins, in microseconds */
  constructor(simulation: Simulation, now: Microseconds = 0) {
    this.#simulation = simulation;
    this.#guide = knowsWays(simulation.chooser) ? simulation.chooser : null;
    this.#now = now;
  }

  next(from: Thread | null): Thread | null {
    const simulation = this.#simulation;
    const { footprint } = simulation;
    if (from !== null) {
      if (from.interruptsOff && this.#holdsItsCpu(from)) return this.#sectionGoesOn(from);
      if (simulation.changed || footprint.testsSomething || from.looking || from.polling) this.#endStep(from);
      if (simulation.aside !== null) follow(simulation.aside, from);
    } else simulation.changed = false;
    const known = this.#guide === null ? -1 : this.#guide.knownThread();
    if (known < 0) return this.#choose(from);
    const thread = simulation.threads[known] ?? null;
    if (thread !== null && (thread.fruitless || thread.spinning)) this.#takeTurn(thread);
    footprint.clear();
    return thread;
  }

  #choose(from: Thread | null): Thread | null {
    const simulation = this.#simulation;
    const candidates = this.#candidates;
    let count = 0;
    let carriesOn = false;
    if (from !== null && from.state === READY && canGo(from)) {
      candidates[count++] = from;
      carriesOn = from.pendingKind !== OperationKind.snooze && from.pendingKind !== OperationKind.yield;
    }
    const threads = simulation.threads;
    for (let i = 0; i < threads.length; i++) {
      const thread = threads[i];
      if (thread === undefined || thread === from || thread.state !== READY) continue;
      if (canGo(thread)) candidates[count++] = thread;
    }
    if (simulation.timedWaits > 0) count = this.#addSleepers(count);
    if (count === 0 && !this.#addFallback()) return null;
    return this.#pick(count === 0 ? 1 : count, carriesOn);
  }

  expire(thread: Thread): void {
    if (thread.deadline > this.#now) this.#now = thread.deadline;
    this.#simulation.recorder?.expired(thread, this.#now);
    // Woken because nobody else is left, it depends on no change.
    if (thread.waited && !thread.fruitless)
      for (const code of thread.watches) this.#simulation.footprint.read(objectOf(code));
    const { lastRound } = thread;
    thread.kernel.timeOut(thread);
    thread.lastRound = lastRound;
    thread.polling = true;
  }

  blocked(thread: Thread): void {
    if (thread.deadline === Number.POSITIVE_INFINITY) return;
    this.#simulation.timedWaits++;
  }

  woken(thread: Thread): void {
    if (thread.hasDeadline) this.#simulation.timedWaits--;
    thread.polling = false;
    thread.lastRound = "";
    forget(thread);
  }

  now(): Microseconds {
    return this.#now;
  }

  startAt(now: Microseconds): void {
    this.#now = now;
  }

  reschedule(): void {}

  charge(): void {}

  // Not called where the step changed nothing and is no round of a loop that waits.
  #endStep(from: Thread): void {
    const simulation = this.#simulation;
    const { changed } = simulation;
    simulation.changed = false;
    if (changed) {
      from.polling = false;
      from.lastRound = "";
      this.#fruitlessRounds = 0;
      if (from.quietSteps !== 0) stopLooking(from, simulation);
      if (this.#watching) this.#freeWatchers(from);
      return;
    }
    const isQuiet = from.looking || simulation.footprint.testsSomething;
    if (isQuiet && ++from.quietSteps >= QUIET_STEPS && (from.looking || comesBack(from))) this.#look(from);
    if (from.polling) {
      from.watches = union(from.watches, simulation.footprint.take());
      this.#watching = true;
      if (isTimed(from)) this.#endRound(from);
      if (from.fruitless) this.#holdUp(from, from.lastRound);
    }
  }

  // A thread that was woken by time has changed nothing and sleeps again. If its last round was just like this one, it polls.
  #endRound(thread: Thread): void {
    const round = `${thread.watches.join()} ${thread.pendingKind} ${thread.argument} ${thread.argument2}`;
    thread.sameRounds = round === thread.lastRound ? thread.sameRounds + 1 : 0;
    thread.lastRound = round;
    const polls = thread.sameRounds >= (this.#simulation.isMarked(thread) ? COUNTED_ROUNDS : POLLING_ROUNDS);
    thread.waited = polls;
    thread.fruitless = !thread.stale && polls;
  }

  #holdUp(thread: Thread, round: string): void {
    this.heldUp = withHeldUp(this.heldUp, thread, round, this.#simulation.steps);
  }

  // A thread comes back to an operation without having changed anything: does it spin?
  #look(from: Thread): void {
    const simulation = this.#simulation;
    if (from.state !== ThreadState.ready) return stopLooking(from, simulation);
    const { freeRounds } = simulation.options;
    if (freeRounds === 0) return;
    from.looking = true;
    from.spin ??= new Spin(from, freeRounds);
    from.spin.quiet(simulation.footprint);
    if (from.spinning) this.#holdUp(from, `${from.pendingKind} ${from.pendingObject?.number ?? 0}`);
    this.#watching = true;
  }

  #holdsItsCpu(thread: Thread): boolean {
    return thread.state === READY && thread.kernel.cpuCount === 1 && canGo(thread);
  }

  // Nobody else can run. A section that has changed nothing and has no end is a livelock at once.
  #sectionGoesOn(from: Thread): Thread | null {
    const simulation = this.#simulation;
    const { steps } = simulation;
    this.#sectionSteps = this.#sectionEnd === steps - 1 ? this.#sectionSteps + 1 : 1;
    this.#sectionEnd = steps;
    if (this.#sectionSteps <= SECTION_STEPS_MOST || simulation.changed) return from;
    simulation.fail("livelock", `"${from.title}" goes round with interrupts off, and nobody else can run`, from);
    return null;
  }

  // What was changed is what these were waiting for.
  #freeWatchers(by: Thread): void {
    const step = this.#simulation.footprint.take();
    for (const thread of this.#simulation.threads) {
      if (thread !== by) thread.spin?.notice(step);
      if (thread === by || thread.watches.length === 0 || !conflicts(step, thread.watches)) continue;
      thread.stale = true;
      if (thread.fruitless) thread.waited = true;
      thread.fruitless = false;
    }
  }

  #addSleepers(count: number): number {
    let next = count;
    for (const thread of this.#simulation.threads) {
      if (!isTimed(thread) || thread.fruitless) continue;
      this.#candidates[next++] = thread;
    }
    return next;
  }

  // Only pollers are left, sleeping or spinning, and somebody who is no daemon still is not done.
  #addFallback(): boolean {
    const { threads } = this.#simulation;
    if (!threads.some((each) => each.state === READY || isTimed(each))) return false;
    const isLocking = (each: Thread): boolean =>
      each.state === ThreadState.ready && each.pendingKind === OperationKind.spinlockAcquire && !each.spinning;
    const locking = threads.find(isLocking) ?? null;
    const inTurn = leastResorted(threads, (each) => each.spinning || (locking === null && isTimed(each)));
    if (inTurn === null || this.#fruitlessRounds >= LIVELOCK_ROUNDS) {
      // Nobody can release the spinlock: a thread that wants it will have spun for a long time.
      if (locking !== null) this.#candidates[0] = locking;
      else if (inTurn !== null && isWanted(threads)) this.#livelock();
      return locking !== null;
    }
    if (locking === null && !isWanted(threads)) return false;
    this.#takeTurn(inTurn);
    this.#candidates[0] = inTurn;
    return true;
  }

  // Time passes while a loop goes round: one that tests the clock comes to its end.
  #takeTurn(thread: Thread): void {
    this.#fruitlessRounds++;
    thread.lastResorts++;
    if (!thread.spinning) return;
    this.#now += 2 ** Math.min(this.#fruitlessRounds, 30);
    thread.spin?.resume();
  }

  #livelock(): void {
    const { threads } = this.#simulation;
    const loops = threads.filter((thread) => thread.spinning || isTimed(thread));
    const message = livelockMessage(loops, (thread) => thread.spinning);
    const isInTheWay = (this.#simulation.aside?.below ?? null) !== null; // of one that could end the loop
    this.#simulation.fail(isInTheWay ? "out-of-steps" : "livelock", message, loops[0] ?? null);
  }

  #pick(count: number, carriesOn: boolean): Thread | null {
    const simulation = this.#simulation;
    const place = simulation.chooser.pickThread(this.#candidates, count, carriesOn, simulation);
    simulation.footprint.clear();
    if (place === CUT) {
      simulation.cut();
      return null;
    }
    return this.#candidates[place] ?? null;
  }
}

// It changes something, or waits: whatever loop it was in is over.
function stopLooking(thread: Thread, { footprint }: Simulation): void {
  thread.quietSteps = 0;
  thread.quietObject = null;
  thread.looking = false;
  thread.spin?.ends(footprint);
}

function forget(thread: Thread): void {
  if (thread.watches.length > 0) thread.watches = [];
  thread.fruitless = false;
  thread.stale = false;
  thread.waited = false;
}

/** Whether a ready thread's pending operation can take effect now. */
export function canGo(thread: Thread): boolean {
  if (thread.spinning) return false;
  if (thread.kernel.busyCpus > 0 && thread.kernel.cpusAreTaken(thread)) return false;
  const object = thread.pendingObject;
  return thread.deferred !== null || object === null || object.enabled(thread);
}

function isTimed(thread: Thread): boolean {
  return (
    (thread.state === ThreadState.sleeping || thread.state === ThreadState.blocked) &&
    thread.deadline !== Number.POSITIVE_INFINITY
  );
}
