// A finding as one page: what, who, why, the interleaving, how to see it again, what was searched.

import { columns } from "#report/columns";
import { explain } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { plainPaint, type Paint } from "#report/paint";
import { panicScreen } from "#report/panic-screen";
import { counted, WIDTH, wrap } from "#report/text";
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
  readonly steps?: number;
  /** What was searched, from `coverageSentence`. */
  readonly coverage?: string;
  readonly era?: "aug23" | "head";
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
  const explanation = explain(events, outcome, { time: finding.time ?? "adversarial" });
  const era = finding.era === undefined ? {} : { era: finding.era };
  const screen = outcome.kind === "panic" ? [indented(panicScreen(events, outcome, { ...era, paint }))] : [];
  const sections = [
    head(finding, explanation, width, paint),
    explanation.sentences.map((sentence) => wrap(sentence, width, "  ")).join("\n"),
    explanation.hints.map((hint) => wrap(hint, width, "  hint: ")).join("\n"),
    ...screen,
    columns(events, { width, paint, verbose, writes: outcome.kind === "assertion" }),
    foot(finding, paint),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function head(
  { scenario, preemptions, steps }: FindingFacts,
  { title }: Explanation,
  width: number,
  paint: Paint,
): string {
  const counts = [
    ...(steps === undefined ? [] : [counted(steps, "step")]),
    ...(preemptions === undefined ? [] : [counted(preemptions, "preemption")]),
  ];
  const about = `${scenario}${counts.length === 0 ? "" : `, ${counts.join(", ")}`}`;
  return `${paint.red(paint.bold(wrap(title, width)))}\n${paint.dim(about)}`;
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
