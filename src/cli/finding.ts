// A finding, told: for the JSON as an explanation, for the reader in full.

import type { OptionText } from "#cli/command";
import type { Found } from "#cli/find-scenario";
import { verdictResult } from "#cli/judging";
import { paintOf } from "#cli/links";
import type { FindingResult } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import type { Watched } from "#explore/watch";
import type { Verdict } from "#judges/judge";
import type { Outcome } from "#kernel/outcome";
import { columns } from "#report/columns";
import { explain } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { findingReport } from "#report/finding-report";

export const VERBOSE_OPTION: OptionText = {
  usage: "--verbose",
  about: "leave nothing out of the interleaving: the set-up, every read and write, every round of a loop",
};

export interface DescribedFinding {
  readonly result: FindingResult;
  readonly explanation: Explanation;
  /** How often it was met, and when first. */
  readonly when: string;
  readonly verdicts: readonly Verdict[];
  /** The judge who saw it in an execution that ended well. */
  readonly noticedBy?: string;
  /** What, who, why, the interleaving in columns, and how to see it again. */
  readonly text: string;
}

interface FindingFacts {
  readonly found: Found;
  readonly watched: Watched;
  /** The token that leads back here. */
  readonly schedule: string;
  /** How many executions ended so. */
  readonly executions: number;
  /** Whether no schedule with fewer preemptions fails in this way; left out where nobody looked. */
  readonly provedLeast?: boolean;
  readonly terminal: Terminal;
  /** What the judges say of it. */
  readonly verdicts: readonly Verdict[];
  /** Where a verdict makes the outcome: the one that it makes. Default: the execution's own. */
  readonly outcome?: Outcome;
  /** How often it was met, and when first. */
  readonly when?: string;
}

export function describeFinding(facts: FindingFacts): DescribedFinding {
  const { found, watched, schedule, executions, terminal } = facts;
  const { events, preemptions } = watched;
  const { steps, simulation } = watched.execution;
  const outcome = facts.outcome ?? watched.execution.outcome;
  const rulings = facts.verdicts;
  const time = simulation.scheduler.adversarial ? "adversarial" : "measured";
  const explanation = explain(events, outcome, { time, rulings });
  const kernel = simulation.kernels[0];
  const report = {
    scenario: found.name,
    outcome,
    events,
    replay: replayCommand(terminal, schedule),
    time,
    steps,
    rulings,
    ...(time === "measured" ? {} : { preemptions }),
    ...(facts.provedLeast === undefined ? {} : { provedLeast: facts.provedLeast }),
    ...(kernel === undefined ? {} : { era: kernel.era }),
  } as const;
  return {
    explanation,
    when: facts.when ?? "",
    verdicts: rulings,
    text: findingReport(report, {
      width: terminal.width,
      paint: paintOf(terminal, found),
      verbose: terminal.isVerbose === true,
    }),
    result: {
      outcome: outcome.kind,
      message: outcome.message,
      explanation: [explanation.title, ...explanation.sentences].join("\n"),
      schedule,
      preemptions,
      verdicts: rulings.map(verdictResult),
      provedLeast: facts.provedLeast ?? false,
      executions,
    },
  };
}

/** The command that replays a schedule. */
export function replayCommand(terminal: Terminal, schedule: string): string {
  return `${terminal.program} replay ${schedule}`;
}

/** The interleaving of an execution that is no finding, for whoever wants to see everything; empty for others. */
export function wholeTrace(found: Found, { events }: Watched, terminal: Terminal): string {
  if (terminal.isVerbose !== true) return "";
  return `\n${columns(events, { width: terminal.width, paint: paintOf(terminal, found), verbose: true })}\n`;
}
