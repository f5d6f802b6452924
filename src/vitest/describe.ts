// A failure in words: as the test's error message, and as the report that is written beside it.

import { watch, type Watched } from "#explore/watch";
import { examine, judged } from "#judges/examine";
import type { Verdict } from "#judges/judge";
import type { Outcome } from "#kernel/outcome";
import { columns } from "#report/columns";
import { explain } from "#report/explain";
import { findingReport, type FindingFacts } from "#report/finding-report";
import { formatSchedule, type Schedule } from "#trace/schedule";
import { replayCommand, type TestPlace } from "#vitest/command";
import type { ShownFinding } from "#vitest/search";
import { pageOfFailure } from "#vitest/page";
import type { FindingSummary } from "#vitest/summary";
import type { Tested } from "#vitest/subject";
import { NeverReturned } from "#workers/watchdog";

/** Characters of a line: in a terminal that nobody knows the width of, and in a file. */
const WIDTH = 100;
const FILE_WIDTH = 140;
/** A longer trace is not written whole: under vitest each line of it costs a look into source maps. */
const WHOLE_MOST = 1_000;

/** One failure, told. */
export interface Described {
  /** One line: the outcome and its cause. */
  readonly title: string;
  /** The explanation, the columns and the command that replays it. */
  readonly text: string;
  /** The same with the whole trace, where that is not very long. */
  readonly long: string;
  /** Draws its timeline as a page. @param searched what was searched, in a sentence */
  readonly page: (searched: string) => string;
  readonly summary: FindingSummary;
}

/** Runs the finding's schedule once more, with a recorder, and tells what happens. */
export function describeFinding(tested: Tested, finding: ShownFinding, place: TestPlace | null): Described {
  const { time = "adversarial", choices, marks, preemptions, provedLeast, steps } = finding;
  const watched = watch(tested.program, { time, choices, marks, simulation: tested.simulation });
  const rulings = examine(watched, tested.judges);
  const own = watched.execution.outcome;
  // What a judge noticed is the outcome of an execution that finished.
  const outcome = own.kind === "finished" ? finding.outcome : own;
  const schedule = { ...tested.schedule, time, choices, marks };
  return told(tested, { watched, rulings, outcome, schedule }, place, {
    preemptions,
    steps,
    ...(provedLeast === undefined ? {} : { provedLeast }),
  });
}

/** What one schedule leads to: where it does not fit, how it failed, or null when it did not. */
export function describeSchedule(
  tested: Tested,
  schedule: Schedule,
  place: TestPlace | null,
): { readonly failure: Described | string | null; readonly outcome: Outcome | null } {
  const watched = watch(tested.program, { ...schedule, simulation: tested.simulation });
  if (watched.divergence !== null) {
    const { choice, expected, found } = watched.divergence;
    const text =
      `the schedule does not fit: at choice ${choice} it has ${expected ?? "no"} alternatives, now there are ${found ?? "none"}. ` +
      "The driver, the scenario or Lockstep has changed since: explore again, without the schedule";
    return { failure: text, outcome: null };
  }
  const rulings = examine(watched, tested.judges);
  const isMeasured = schedule.time === "measured";
  const outcome = judged(watched.execution.outcome, rulings, isMeasured);
  if (outcome.kind === "finished") return { failure: null, outcome };
  const { preemptions } = watched;
  const more = { steps: watched.execution.steps, ...(isMeasured ? {} : { preemptions }) };
  return { failure: told(tested, { watched, rulings, outcome, schedule }, place, more), outcome };
}

interface Seen {
  readonly watched: Watched;
  readonly rulings: readonly Verdict[];
  readonly outcome: Outcome;
  readonly schedule: Schedule;
}

function told(
  tested: Tested,
  { watched, rulings, outcome, schedule }: Seen,
  place: TestPlace | null,
  more: Pick<FindingFacts, "preemptions" | "steps" | "provedLeast">,
): Described {
  const token = formatSchedule(schedule);
  const { time } = schedule;
  const facts: FindingFacts = {
    scenario: tested.name,
    outcome,
    rulings,
    time,
    events: watched.events,
    era: tested.era,
    replay: replayCommand(token, place),
    ...more,
  };
  const { title } = explain(watched.events, outcome, { time, rulings });
  return {
    title,
    text: findingReport(facts, { width: WIDTH }),
    long: findingReport(facts, { width: FILE_WIDTH, verbose: watched.events.length <= WHOLE_MOST }),
    page: (searched) => pageOfFailure(tested, { schedule, verdicts: rulings, outcome }, place, searched),
    summary: { outcome: outcome.kind, message: outcome.message, schedule: token },
  };
}

/** What never came back: who, and what happened up to there. */
export function describeStuck({ message, events }: NeverReturned): string {
  return events.length === 0 ? message : `${message}\n\n${columns(events, { width: WIDTH, most: 40 })}`;
}
