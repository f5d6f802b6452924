// Adversarial time: at each point any thread that can go on may be chosen, and a wait with a deadline may end
// at any moment, because a real thread can be delayed without bound.
//
// Invariants:
//   - a sleeper that was woken, changed nothing and sleeps again, for the third time in the same way, is not woken before somebody has
//     changed something that it touched meanwhile: polling loops starve nobody and end every exploration. Its next wake then reads what it
//     watched, so that the change and the wake are dependent like any other pair;
//   - when nothing but such sleepers is left they are woken in turn, without a choice, so that a loop with a
//     bound of its own can end; if that goes on without a change it is a livelock;
//   - leaving a thread that sleeps, blocks or yields is no preemption: `carriesOn` is false for it.
// With interrupts off on one CPU nobody else runs: what is done then belongs to the same step.

import { CUT } from "#kernel/chooser";
import { conflicts, objectOf, union } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";

/** Fruitless wakes in a row, with nobody else able to run, after which it is a livelock. */
const LIVELOCK_WAKES = 200;

/** After so many rounds just like the one before, sleeping again is polling. */
const POLLING_ROUNDS = 2;

/** Microseconds of virtual time. */
type Microseconds = number;

export class Adversary implements Scheduler {
  readonly adversarial = true;
  readonly #simulation: Simulation;
  readonly #candidates: Thread[] = [];
  #now: Microseconds;
  #fruitlessWakes = 0;
  /** Whether any thread has ever watched something. */
  #watching = false;

  /** @param now the time at which exploring begins, in microseconds */
  constructor(simulation: Simulation, now: Microseconds = 0) {
    this.#simulation = simulation;
    this.#now = now;
  }

  next(from: Thread | null): Thread | null {
    const simulation = this.#simulation;
    if (from !== null) {
      if (from.interruptsOff && from.state === ThreadState.ready && from.kernel.cpuCount === 1 && canGo(from))
        return from;
      this.#endStep(from);
    }
    const known = simulation.chooser.knownPlace?.() ?? -1;
    const candidates = this.#candidates;
    let count = 0;
    let carriesOn = false;
    if (from !== null && from.state === ThreadState.ready && canGo(from)) {
      candidates[count++] = from;
      carriesOn = from.pendingKind !== OperationKind.snooze && from.pendingKind !== OperationKind.yield;
    }
    const threads = simulation.threads;
    for (let i = 0; i < threads.length && (known < 0 || count <= known); i++) {
      const thread = threads[i];
      if (thread !== undefined && thread !== from && thread.state === ThreadState.ready && canGo(thread)) {
        candidates[count++] = thread;
      }
    }
    if (known >= 0 && known < count) return this.#follow(known);
    if (simulation.timedWaits > 0) count = this.#addSleepers(count);
    if (count === 0 && !this.#addFallback()) return null;
    if (known >= 0) return this.#follow(known);
    return this.#pick(count === 0 ? 1 : count, carriesOn);
  }

  expire(thread: Thread): void {
    if (thread.deadline > this.#now) this.#now = thread.deadline;
    this.#simulation.recorder?.expired(thread, this.#now);
    if (thread.waited) for (const code of thread.watches) this.#simulation.footprint.read(objectOf(code));
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

  #endStep(from: Thread): void {
    const simulation = this.#simulation;
    const { changed } = simulation;
    simulation.changed = false;
    if (changed) {
      from.polling = false;
      from.lastRound = "";
      this.#fruitlessWakes = 0;
      this.#freeWatchers(from);
    } else if (from.polling) {
      from.watches = union(from.watches, simulation.footprint.take());
      this.#watching = true;
      if (isTimed(from)) endRound(from);
    }
  }

  // What was changed is what these were waiting for.
  #freeWatchers(by: Thread): void {
    if (!this.#watching) return;
    const step = this.#simulation.footprint.take();
    for (const thread of this.#simulation.threads) {
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

  // Only fruitless sleepers are left, and somebody who is no daemon still is not done.
  #addFallback(): boolean {
    let first: Thread | null = null;
    let wanted = false;
    for (const thread of this.#simulation.threads) {
      if (thread.state === ThreadState.ready && thread.pendingKind === OperationKind.spinlockAcquire) {
        this.#candidates[0] = thread; // nobody can release it: it will have spun for a long time
        return true;
      }
      if (thread.state !== ThreadState.dead && !thread.daemon) wanted = true;
      if (isTimed(thread) && (first === null || thread.lastResorts < first.lastResorts)) first = thread;
    }
    if (first === null || !wanted) return false;
    if (++this.#fruitlessWakes > LIVELOCK_WAKES) {
      this.#simulation.fail("livelock", `"${first.name}" wakes and sleeps again, and nothing changes`, first);
      return false;
    }
    first.lastResorts++;
    this.#candidates[0] = first;
    return true;
  }

  #follow(place: number): Thread | null {
    this.#simulation.footprint.clear();
    return this.#candidates[place] ?? null;
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

// A thread that was woken by time has changed nothing and sleeps again. If its last round was just like this one, it polls.
function endRound(thread: Thread): void {
  const round = `${thread.watches.join()} ${thread.pendingKind} ${thread.argument} ${thread.argument2}`;
  thread.sameRounds = round === thread.lastRound ? thread.sameRounds + 1 : 0;
  thread.lastRound = round;
  const polls = thread.sameRounds >= POLLING_ROUNDS;
  thread.waited = thread.stale || polls;
  thread.fruitless = !thread.stale && polls;
}

function forget(thread: Thread): void {
  if (thread.watches.length > 0) thread.watches = [];
  thread.fruitless = false;
  thread.stale = false;
  thread.waited = false;
}

/** Whether a ready thread's pending operation can take effect now. */
export function canGo(thread: Thread): boolean {
  if (thread.kernel.busyCpus > 0 && thread.kernel.cpusAreTaken(thread)) return false;
  const object = thread.pendingObject;
  return thread.deferred.length > 0 || object === null || object.enabled(thread);
}

function isTimed(thread: Thread): boolean {
  return (
    (thread.state === ThreadState.sleeping || thread.state === ThreadState.blocked) &&
    thread.deadline !== Number.POSITIVE_INFINITY
  );
}
