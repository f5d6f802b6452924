// Adversarial time: at each point any thread that can go on may be chosen, and a wait with a deadline may end
// at any moment, because a real thread can be delayed without bound.
//
// Invariants:
//   - a sleeper that ran without changing anything is not woken again before somebody else has made progress
//     (a step that is not part of such a fruitless run): polling loops starve nobody and end every exploration;
//   - when nothing but such sleepers is left they are woken in the order of their deadlines, without a choice,
//     so that a loop with a bound of its own can end; if that goes on without a change it is a livelock;
//   - leaving a thread that sleeps, blocks or yields is no preemption: `carriesOn` is false for it.
// With interrupts off on one CPU nobody else runs: what is done then belongs to the same step.

import { CUT } from "#kernel/chooser";
import { OperationKind } from "#kernel/operation";
import type { Scheduler } from "#kernel/scheduler";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";

/** Fruitless wakes in a row, with nobody else able to run, after which it is a livelock. */
const LIVELOCK_WAKES = 200;

/** Microseconds of virtual time. */
type Microseconds = number;

export class Adversary implements Scheduler {
  readonly adversarial = true;
  readonly #simulation: Simulation;
  readonly #candidates: Thread[] = [];
  #now: Microseconds;
  #progress = 0;
  #fruitlessWakes = 0;

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
    const candidates = this.#candidates;
    let count = 0;
    let carriesOn = false;
    if (from !== null && from.state === ThreadState.ready && canGo(from)) {
      candidates[count++] = from;
      carriesOn = from.pendingKind !== OperationKind.yield && from.pendingKind !== OperationKind.snooze;
    }
    const threads = simulation.threads;
    for (let i = 0; i < threads.length; i++) {
      const thread = threads[i];
      if (thread !== undefined && thread !== from && thread.state === ThreadState.ready && canGo(thread)) {
        candidates[count++] = thread;
      }
    }
    if (simulation.timedWaits > 0) count = this.#addSleepers(count);
    if (count === 0 && !this.#addFallback()) return null;
    return this.#pick(count === 0 ? 1 : count, carriesOn);
  }

  expire(thread: Thread): void {
    if (thread.deadline > this.#now) this.#now = thread.deadline;
    this.#simulation.recorder?.expired(thread, this.#now);
    thread.kernel.timeOut(thread);
    thread.polling = true;
  }

  blocked(thread: Thread): void {
    if (thread.deadline === Number.POSITIVE_INFINITY) return;
    this.#simulation.timedWaits++;
    thread.sleptAt = thread.polling && !this.#simulation.changed ? this.#progress : -1;
  }

  woken(thread: Thread): void {
    if (thread.hasDeadline) this.#simulation.timedWaits--;
    thread.polling = false;
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
    if (simulation.changed) {
      simulation.changed = false;
      from.polling = false;
      this.#progress++;
      this.#fruitlessWakes = 0;
    } else if (!from.polling) this.#progress++;
  }

  #addSleepers(count: number): number {
    let next = count;
    for (const thread of this.#simulation.threads) {
      if (!isTimed(thread) || thread.sleptAt >= this.#progress) continue;
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
      if (isTimed(thread) && (first === null || thread.deadline < first.deadline)) first = thread;
    }
    if (first === null || !wanted) return false;
    if (++this.#fruitlessWakes > LIVELOCK_WAKES) {
      this.#simulation.fail("livelock", `"${first.name}" wakes and sleeps again, and nothing changes`, first);
      return false;
    }
    this.#candidates[0] = first;
    return true;
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

/** Whether a ready thread's pending operation can take effect now. */
export function canGo(thread: Thread): boolean {
  if (thread.deferred.length > 0) return true;
  const object = thread.pendingObject;
  return (object === null || object.enabled(thread)) && !thread.kernel.cpusAreTaken(thread);
}

function isTimed(thread: Thread): boolean {
  return (
    (thread.state === ThreadState.sleeping || thread.state === ThreadState.blocked) &&
    thread.deadline !== Number.POSITIVE_INFINITY
  );
}
