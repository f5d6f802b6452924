// A finding as one page: what, who, why, the interleaving, how to see it again, what was searched.

import { columns, type ColumnsOptions } from "#report/columns";
import { besides, explain, headlineOf } from "#report/explain";
import type { Explanation, Ruling } from "#report/explanation";
import { linked, plainPaint, type Paint } from "#report/paint";
import { panicScreen } from "#report/panic-screen";
import { decidingObjects } from "#report/predicate";
import { Story } from "#report/story";
import { counted, WIDTH, wrap } from "#report/text";
import { waitTable } from "#report/waits";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

/** What a report is made from. */
export interface FindingFacts {
  readonly scenario: string;
  readonly outcome: Outcome;
  /** The trace of the finding's replay, with a recorder. */
  readonly events: readonly TraceEvent[];
  /** The command line that replays it. */
  readonly replay: string;
  readonly time?: "adversarial" | "measured";
  readonly preemptions?: number;
  /** Whether no schedule with fewer preemptions fails in this way. */
  readonly provedLeast?: boolean;
  readonly steps?: number;
  /** What was searched, from `coverageSentence`. */
  readonly coverage?: string;
  readonly era?: "aug23" | "head";
  /** What the judges say of it. */
  readonly rulings?: readonly Ruling[];
}

export interface ReportOptions {
  /** Characters. Default 80. */
  readonly width?: number;
  readonly paint?: Paint;
  /** The whole trace in the columns. Default false. */
  readonly verbose?: boolean;
}

/** The whole report of one finding. */
export function findingReport(finding: FindingFacts, options: ReportOptions = {}): string {
  const { width = WIDTH, paint = plainPaint, verbose = false } = options;
  const { outcome, events } = finding;
  const rulings = finding.rulings ?? [];
  const explanation = explain(events, outcome, { time: finding.time ?? "adversarial", rulings });
  const era = finding.era === undefined ? {} : { era: finding.era };
  const screen = outcome.kind === "panic" ? [indented(panicScreen(events, outcome, { ...era, paint }))] : [];
  const table = outcome.kind === "deadlock" ? waitTable(new Story(events), outcome, width, paint) : "";
  const shown = table === "" ? [] : (explanation.waits ?? []);
  const sentences = explanation.sentences.filter((sentence) => !shown.includes(sentence));
  const prose = (text: string): string => linked(text, paint);
  const sections = [
    head(finding, explanation, width, paint),
    table,
    prose(sentences.map((sentence) => wrap(sentence, width, "  ")).join("\n")),
    prose(explanation.hints.map((hint) => wrap(hint, width, "  hint: ")).join("\n")),
    prose(rulingLines(rulings, outcome, width)),
    ...screen,
    columns(events, { width, paint, verbose, ...accessesOf(finding) }),
    foot(finding, paint),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

// Which reads and writes matter: those that an assertion, a race or a wait that never ends turned on.
function accessesOf({ outcome, events, rulings = [] }: FindingFacts): Pick<ColumnsOptions, "writes" | "accesses"> {
  const headline = headlineOf(rulings, outcome);
  if (headline !== undefined) return { accesses: new Set(headline.accesses ?? []) };
  if (outcome.kind === "deadlock") return { accesses: decidingObjects(new Story(events)) };
  return { writes: outcome.kind === "assertion" };
}

// Who has named the failure, and what judges found beside it.
function rulingLines(rulings: readonly Ruling[], outcome: Outcome, width: number): string {
  const beside = besides(rulings, outcome);
  const told = rulings.filter((ruling) => !beside.includes(ruling));
  const names = told.length === 0 ? [] : [`  judged:  ${[...new Set(told.map(({ judge }) => judge))].join(", ")}`];
  const others = beside.flatMap(({ judge, message, hint }) => [
    wrap(`${message} (${judge}).`, width, "  beside:  "),
    wrap(hint, width, "           hint: "),
  ]);
  return [...names, ...others].join("\n");
}

function head(
  { scenario, preemptions, provedLeast, steps }: FindingFacts,
  { title }: Explanation,
  width: number,
  paint: Paint,
): string {
  const counts = [
    ...(steps === undefined ? [] : [counted(steps, "step")]),
    ...(preemptions === undefined ? [] : [preemptionWords(preemptions, provedLeast)]),
  ];
  const about = `${scenario}${counts.length === 0 ? "" : `, ${counts.join(", ")}`}`;
  return `${paint.red(paint.bold(wrap(title, width)))}\n${paint.dim(about)}`;
}

function preemptionWords(preemptions: number, provedLeast?: boolean): string {
  const words = counted(preemptions, "preemption");
  if (preemptions === 0 || provedLeast === undefined) return words;
  return `${words} (${provedLeast ? "with fewer it does not fail so" : "fewer may do"})`;
}

// The command is never broken: it is there to be copied.
function foot({ replay, coverage }: FindingFacts, paint: Paint): string {
  const searched = coverage === undefined ? [] : [`searched: ${coverage}`];
  return [`replay:   ${paint.bold(replay)}`, ...searched].join("\n");
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}
