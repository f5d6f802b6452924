// What a judge is: it reads the trace and the end of one execution, and says what is wrong with it, or nothing.
//
// Invariants:
//   - a judge never guesses: what the trace does not show it does not say, and what it cannot tell it lets pass;
//   - a verdict's message holds names and places, no steps, addresses or times: the same fault says the same in every
//     execution, whoever came first; steps belong into the evidence.

import type { Execution } from "#explore/execution";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import type { Simulation } from "#kernel/simulation";
import type { Ruling } from "#report/explanation";
import { Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/** One execution as its judges see it. */
export interface Case {
  readonly story: Story;
  readonly events: readonly TraceEvent[];
  readonly outcome: Outcome;
  /** The universe at its end; only looked at. */
  readonly simulation: Simulation;
  /** Microseconds mean something only in measured time. */
  readonly isMeasured: boolean;
}

/** What a judge says. */
export interface Verdict extends Ruling {
  /** The thing that is wrong, as a text: each is accused once, whatever else differs from execution to execution. */
  readonly subject: string;
  /** The outcome of an execution that is wrong in this way and else finished. */
  readonly kind: OutcomeKind;
  /** It has happened, in this very execution. If not, it is what this execution shows can happen in another. */
  readonly hasHappened: boolean;
  /** It says more about a failure that is told already, and is no finding of its own. */
  readonly isSecond?: boolean;
  /** Data that races, by number, before whose accesses others can go first (src/kernel/access-point.ts): marks for another search. */
  readonly racy?: readonly number[];
}

/** A judge. */
export interface Judge {
  readonly name: string;
  /** What it finds, for help and guides: a phrase. */
  readonly about: string;
  /** It only says more about a failure, the verdicts of the others included, and is asked after them. */
  readonly isSecond?: boolean;
  /** What the trace says of the end is enough for it: it is asked also where a trace is too long to be kept whole. */
  readonly readsEnd?: boolean;
  judge(execution: Case): readonly Verdict[];
}

/** The case of a recorded execution. */
export function caseOf(execution: Execution, events: readonly TraceEvent[]): Case {
  const { simulation, outcome } = execution;
  return { story: new Story(events), events, outcome, simulation, isMeasured: !simulation.scheduler.adversarial };
}
