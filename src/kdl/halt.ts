// Stopping a universe after a step: the chooser that follows a schedule so far and no further, and the two schedulers
// that know when it is enough.
//
// Invariants:
//   - step N is whole, the plain accesses after its operation included, and nothing of step N + 1 has happened;
//   - up to there everything is as without the halt; a halted universe is closed, and is only looked at.
// A universe cannot go on from a halt: generators cannot be copied, so each moment is an execution of its own.

import { Adversary, canGo } from "#kernel/adversary";
import { CUT, type Chooser } from "#kernel/chooser";
import type { Costs } from "#kernel/costs";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import { planOf } from "#kdl/state";
import type { Choice } from "#trace/schedule";
import { Replay, type Divergence } from "#explore/strategies/replay";

/** After so many steps it is no more noted who else could go. */
export const PLANS_MOST = 50_000;

/** Another thread than the schedule's takes a step. */
export interface Turn {
  readonly step: number;
  /** The thread's id. */
  readonly thread: number;
}

/** What a thread would have done, had it gone. */
export interface Plan {
  /** The thread's id. */
  readonly thread: number;
  readonly words: string;
}

/** What is to be done on the way. */
export interface Watch {
  readonly after: number;
  begin(simulation: Simulation): void;
}

/** Where a universe is to stop, and what it was like when it did. */
export class Halt {
  /** The last step that is taken; Infinity for all of them. */
  readonly after: number;
  /** It is to stop inside the set-up: the last step of that is over when exploring begins. */
  readonly #inSetup: boolean;
  #watch: Watch | null;
  /** The threads there were; null as long as it has not stopped. */
  threads: readonly Thread[] | null = null;
  /** Who could go on, the one who would carry on first. Empty in measured time. */
  candidates: readonly Thread[] = [];

  /** @param watch what is to be done once, after step `watch.after` */
  constructor(after: number, inSetup = false, watch: Watch | null = null) {
    this.after = after;
    this.#inSetup = inSetup;
    this.#watch = watch;
  }

  /** Asked at every point. */
  isDue(simulation: Simulation): boolean {
    const watch = this.#watch;
    if (watch !== null && simulation.steps >= watch.after) {
      this.#watch = null;
      watch.begin(simulation);
    }
    return simulation.steps >= this.after && (this.#inSetup || !simulation.inSetup);
  }

  stop(simulation: Simulation, candidates: readonly Thread[] = []): null {
    if (this.threads === null) {
      this.threads = [...simulation.threads];
      this.candidates = candidates;
    }
    simulation.cut();
    return null;
  }
}

/** Follows the choices of a schedule; after its turn, if it has one, every thread goes on as long as it can. */
export class Follower implements Chooser {
  readonly #replay: Replay;
  readonly #halt: Halt;
  readonly #turn: Turn | null;
  /** Who could have gone after each step, with what, where there was a choice; null when nobody wants to know. */
  readonly plans: Map<number, readonly Plan[]> | null;
  #hasTurned = false;
  /** What was chosen. */
  readonly choices: Choice[] = [];
  /** Who could have gone when the turn's thread could not; null while nothing was refused. */
  refused: readonly Thread[] | null = null;
  preemptions = 0;

  constructor(choices: readonly Choice[], halt: Halt, turn: Turn | null = null, keepsPlans = false) {
    this.plans = keepsPlans ? new Map() : null;
    this.#replay = new Replay(choices);
    this.#halt = halt;
    this.#turn = turn;
  }

  /** Where the schedule stopped fitting; null when it fits, or was left for a turn. */
  get divergence(): Divergence | null {
    return this.#hasTurned ? null : this.#replay.divergence;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    const able = candidates.slice(0, count);
    if (this.#halt.isDue(simulation)) {
      this.#halt.stop(simulation, able);
      return CUT;
    }
    this.#note(able, simulation);
    const place = this.#placeOf(able, carriesOn, simulation);
    if (place === CUT) return CUT;
    if (count > 1) this.choices.push({ count, value: place });
    if (carriesOn && place !== 0) this.preemptions++;
    return place;
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    const value = this.#hasTurned ? 0 : this.#replay.pickValue(count, why, simulation);
    this.choices.push({ count, value });
    return value;
  }

  #note(able: readonly Thread[], { steps, inSetup }: Simulation): void {
    const { plans } = this;
    if (plans === null || inSetup || steps > PLANS_MOST || plans.has(steps)) return;
    plans.set(
      steps,
      able.map((thread) => ({ thread: thread.id, words: planOf(thread) })),
    );
  }

  #placeOf(able: readonly Thread[], carriesOn: boolean, simulation: Simulation): number {
    if (this.#hasTurned) return 0;
    const turn = this.#turn;
    if (turn === null || simulation.steps !== turn.step - 1) {
      return this.#replay.pickThread(able, able.length, carriesOn);
    }
    this.#hasTurned = true;
    const place = able.findIndex((thread) => thread.id === turn.thread);
    if (place >= 0) return place;
    this.refused = able;
    return CUT;
  }
}

/** Haiku's scheduler, up to the halt. */
class HaltingHaiku extends HaikuScheduler {
  readonly #simulation: Simulation;
  readonly #halt: Halt;

  constructor(simulation: Simulation, costs: Costs, halt: Halt) {
    super(simulation, costs);
    this.#simulation = simulation;
    this.#halt = halt;
  }

  override next(from: Thread | null): Thread | null {
    return this.#halt.isDue(this.#simulation) ? this.#halt.stop(this.#simulation) : super.next(from);
  }
}

/** Adversarial time, up to the halt; a set-up halts too. */
class HaltingAdversary extends Adversary {
  readonly #simulation: Simulation;
  readonly #halt: Halt;

  constructor(simulation: Simulation, halt: Halt) {
    super(simulation);
    this.#simulation = simulation;
    this.#halt = halt;
  }

  // With interrupts off on one CPU nobody is asked who goes on.
  override next(from: Thread | null): Thread | null {
    const isSection = from !== null && from.interruptsOff && from.kernel.cpuCount === 1;
    if (!isSection || from.state !== ThreadState.ready || !canGo(from)) return super.next(from);
    return this.#halt.isDue(this.#simulation) ? this.#halt.stop(this.#simulation, [from]) : super.next(from);
  }

  forSetup(costs: Costs): HaikuScheduler {
    return new HaltingHaiku(this.#simulation, costs, this.#halt);
  }
}

/** What makes the scheduler of a universe that is to halt. */
export function haltingScheduler(
  time: "adversarial" | "measured",
  costs: Costs,
  halt: Halt,
): (simulation: Simulation) => Adversary | HaikuScheduler {
  return (simulation) =>
    time === "measured" ? new HaltingHaiku(simulation, costs, halt) : new HaltingAdversary(simulation, halt);
}
