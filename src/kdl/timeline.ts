// One execution from its beginning to its end, with its trace; and any moment of it, alive.
//
// The trace is recorded once, and with it who else could have taken each step: so going through time makes nothing again.
// Stacks are nine tenths of what recording costs: of a long execution they are taken only around where one looks, by making
// that part again. A moment, which commands about threads and objects ask for, is the execution made again, unrecorded, up
// to a step. The latest moments and stacks are kept.

import type { Outcome } from "#kernel/outcome";
import type { Execution } from "#explore/execution";
import type { Divergence } from "#explore/strategies/replay";
import { canBeJudged, examine, judged } from "#judges/examine";
import type { Verdict } from "#judges/judge";
import { PLANS_MOST, type Plan, type Turn } from "#kdl/halt";
import { momentOf } from "#kdl/moment-maker";
import type { Moment } from "#kdl/moment";
import { record, type Subject } from "#kdl/recording";
import { Stacks } from "#kdl/stacks";
import { planOf } from "#kdl/state";
import { Story } from "#report/story";
import type { TraceEvent } from "#trace/event";
import { JUDGED_EVENTS_MOST } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

const MOMENTS_MOST = 8;

/** Of a longer execution stacks are taken where one looks. */
const SHORT_STEPS = 12_000;

export class Timeline {
  readonly subject: Subject;
  readonly choices: readonly Choice[];
  readonly events: readonly TraceEvent[];
  readonly story: Story;
  readonly preemptions: number;
  /** Where the schedule stopped fitting the program; null when it fits. */
  readonly divergence: Divergence | null;
  /** The names of the threads that could have gone where a turn's thread could not; null when nothing was refused. */
  readonly refused: readonly string[] | null;
  /** The last step. Steps count from the simulation's beginning. */
  readonly last: number;
  /** The last step of the set-up. */
  readonly setup: number;
  /** Its stacks are taken where one looks. */
  readonly isLong: boolean;
  readonly #execution: Execution;
  readonly #plans: ReadonlyMap<number, readonly Plan[]>;
  readonly #stacks: Stacks | null;
  readonly #moments = new Map<number, Moment>();
  #verdicts: readonly Verdict[] | null = null;
  #outcome: Outcome | null = null;

  constructor(subject: Subject, choices: readonly Choice[], turn: Turn | null = null) {
    const { execution, events, follower } = record(subject, choices, turn, SHORT_STEPS);
    const { simulation } = execution;
    const isShort = simulation.steps <= SHORT_STEPS && events.length < JUDGED_EVENTS_MOST;
    const isMeasured = subject.schedule.time === "measured";
    this.subject = subject;
    this.#execution = execution;
    this.choices = follower.choices;
    this.divergence = isMeasured ? null : follower.divergence;
    this.refused = follower.refused?.map((thread) => thread.title) ?? null;
    this.preemptions = follower.preemptions;
    this.events = events;
    this.isLong = !isShort;
    this.#plans = follower.plans ?? new Map();
    this.#stacks = isShort ? null : new Stacks(subject, follower.choices, events, SHORT_STEPS);
    this.story = new Story(events);
    this.last = simulation.steps;
    this.setup = simulation.inSetup ? 0 : simulation.setupSteps;
  }

  /** What the judges say, who read the whole trace with its stacks. */
  get verdicts(): readonly Verdict[] {
    const { subject, events, divergence, preemptions } = this;
    const watched = { execution: this.#execution, events, divergence, preemptions };
    if (this.#verdicts === null && this.refused === null && subject.judges.length > 0 && canBeJudged(watched)) {
      this.takeAllStacks();
      this.#verdicts = examine(watched, subject.judges);
    }
    return (this.#verdicts ??= []);
  }

  /** The execution's own outcome, whatever judges say. */
  get ownOutcome(): Outcome {
    return this.#execution.outcome;
  }

  /** The execution's own, or the one that a judge makes of it. */
  get outcome(): Outcome {
    const own = this.#execution.outcome;
    if (own.kind !== "finished") return own;
    return (this.#outcome ??= judged(own, this.verdicts, this.subject.schedule.time === "measured"));
  }

  /** For whoever is going to read stacks from all over the trace. */
  takeAllStacks(): void {
    this.takeStacks(0, this.last);
  }

  /** For whoever is going to read the stacks of these steps. */
  takeStacks(from: number, to: number): void {
    this.#stacks?.take(from, to);
  }

  /** The moment after step `step`, from 0 to `last`. */
  at(step: number): Moment {
    const known = this.#moments.get(step);
    if (known !== undefined) return known;
    const made = momentOf(this, step);
    this.#moments.set(step, made);
    for (const oldest of this.#moments.keys()) {
      if (this.#moments.size <= MOMENTS_MOST) break;
      this.#moments.delete(oldest);
    }
    return made;
  }

  /** Who could have taken the step after `step`, and with what; empty in measured time, where nobody is asked. */
  plansAfter(step: number): readonly Plan[] {
    if (step <= PLANS_MOST || this.subject.schedule.time === "measured") return this.#plans.get(step) ?? [];
    return this.at(step).candidates.map((thread) => ({ thread: thread.id, words: planOf(thread) }));
  }

  /** The step event of this number; undefined for step 0. */
  stepEvent(step: number): TraceEvent | undefined {
    const events = this.events;
    let low = 0;
    for (let high = events.length; low < high;) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.step ?? 0) < step) low = middle + 1;
      else high = middle;
    }
    const found = events[low];
    return found?.step === step && found.kind === "step" ? found : undefined;
  }

  /** What happened in one step, its operation first. */
  eventsOf(step: number): readonly TraceEvent[] {
    const first = this.stepEvent(step);
    if (first === undefined) return [];
    let end = first.index + 1;
    while (this.events[end]?.step === step) end++;
    return this.events.slice(first.index, end);
  }
}
