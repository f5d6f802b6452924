// One execution as the text of a page: what was seen of it drawn, with its sources, and beside it one that passes.
//
// Invariant: the same execution gives the same page, wherever it is made: by `lockstep report`, or by a test that fails.

import type { Watched } from "#explore/watch";
import type { Verdict } from "#judges/judge";
import type { Outcome } from "#kernel/outcome";
import { pageScript, policyHash } from "#page-file/script";
import { sourcesOf } from "#page-file/sources";
import type { Observed } from "#page/changes";
import type { PageData, Run } from "#page/data";
import { firstDifference } from "#page/difference";
import { pageOf } from "#page/page";
import { Places } from "#page/places";
import { timelineOf } from "#page/timeline";
import { besides, explain } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { counted } from "#report/text";
import type { Schedule } from "#trace/schedule";

/** One execution, with all that is known of it. */
export interface ShownExecution {
  readonly schedule: Schedule;
  /** The schedule as one word. */
  readonly token: string;
  readonly watched: Watched;
  readonly observed: Observed;
  readonly verdicts: readonly Verdict[];
  /** With what judges say of an execution that else finished. */
  readonly outcome: Outcome;
}

/** What a page says that the execution does not. */
export interface PageWords {
  readonly scenario: string;
  /** One sentence on the scenario; empty for none. */
  readonly about: string;
  /** What was searched, and what else was found; empty where that is not known. */
  readonly searched: string;
  /** The command that replays it. */
  readonly replay: string;
  /** Whether the page opens with the two side by side. */
  readonly isBesideOpen: boolean;
  /** The file that leads to the user's others, absolute; null where there is none. */
  readonly entry: string | null;
}

/** The whole page. @param other what is shown beside it; null for nothing */
export function pageFileOf(shown: ShownExecution, other: ShownExecution | null, words: PageWords): string {
  const { watched, outcome, verdicts, schedule } = shown;
  const explanation = explanationOf(shown);
  const counts = [counted(watched.execution.steps, "step")];
  if (schedule.time === "adversarial") counts.push(counted(watched.preemptions, "preemption"));
  else counts.push("one run under Haiku's scheduler");
  return pageOf({
    scenario: words.scenario,
    about: words.about,
    outcome: outcome.kind,
    explanation,
    rulings: besides(verdicts, outcome),
    counts: counts.join(", "),
    searched: words.searched,
    replay: words.replay,
    beside: other === null ? "" : besideWords(other),
    isBesideOpen: words.isBesideOpen,
    data: pageData(shown, other, explanation, words.entry),
    script: pageScript(),
    hash: policyHash,
  });
}

/** Why an execution ended as it did. */
export function explanationOf({ watched, outcome, verdicts, schedule }: ShownExecution): Explanation {
  return explain(watched.events, outcome, { time: schedule.time, rulings: verdicts });
}

/** What is only compared with: what judges say of it is not asked. */
export function asItEnded(shown: ShownExecution): ShownExecution {
  return { ...shown, verdicts: [], outcome: shown.watched.execution.outcome };
}

function besideWords({ outcome, token }: ShownExecution): string {
  const how = outcome.kind === "finished" ? "passes" : `ends as ${outcome.kind}`;
  return `Beside it: the same scenario by a schedule that ${how}, ${token}`;
}

function pageData(
  shown: ShownExecution,
  other: ShownExecution | null,
  explanation: Explanation,
  entry: string | null,
): PageData {
  const places = new Places();
  const runs: Run[] = [drawn(shown, "fails", explanation, places)];
  if (other !== null) runs.push(drawn(other, "passes", explanationOf(other), places));
  const [one, two] = runs;
  const used = shownPlaces(runs);
  const files = new Set(places.all.filter((_, number) => used.has(number)).map(({ file }) => file));
  return {
    version: 1,
    runs,
    difference: one === undefined || two === undefined ? -1 : firstDifference(one, two),
    places: places.all,
    files: sourcesOf(files, entry),
  };
}

function drawn(shown: ShownExecution, failing: string, explanation: Explanation, places: Places): Run {
  const { outcome, watched, schedule, token, observed } = shown;
  return timelineOf(
    {
      title: outcome.kind === "finished" ? "passes" : failing === "passes" ? `ends as ${outcome.kind}` : failing,
      schedule: token,
      events: watched.events,
      outcome,
      isMeasured: schedule.time === "measured",
      named: stepsIn(explanation),
      observed,
    },
    places,
  );
}

// The steps that an explanation speaks of.
function stepsIn({ title, sentences }: Explanation): ReadonlySet<number> {
  const text = [title, ...sentences].join(" ");
  return new Set([...text.matchAll(/\bstep (\d+)/g)].map(([, step]) => Number(step)));
}

// Those of the rows, not of what lies deeper in a stack.
function shownPlaces(runs: readonly Run[]): ReadonlySet<number> {
  const used = new Set<number>();
  for (const { rows } of runs) {
    for (const { frame, effects } of rows) {
      used.add(frame);
      for (const effect of effects) used.add(effect.frame);
    }
  }
  return used;
}
