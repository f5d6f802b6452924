// A finding, told: for the JSON as an explanation, for the reader in full.

import type { Found } from "#cli/find-scenario";
import type { FindingResult } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import type { Watched } from "#explore/watch";
import { explain } from "#report/explain";
import type { Explanation } from "#report/explanation";
import { findingReport } from "#report/finding-report";

export interface DescribedFinding {
  readonly result: FindingResult;
  readonly explanation: Explanation;
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
  readonly terminal: Terminal;
}

export function describeFinding(facts: FindingFacts): DescribedFinding {
  const { found, watched, schedule, executions, terminal } = facts;
  const { events, preemptions } = watched;
  const { outcome, steps, simulation } = watched.execution;
  const time = simulation.scheduler.adversarial ? "adversarial" : "measured";
  const explanation = explain(events, outcome, { time });
  const kernel = simulation.kernels[0];
  const report = {
    scenario: found.name,
    outcome,
    events,
    replay: replayCommand(terminal, schedule),
    time,
    steps,
    ...(time === "measured" ? {} : { preemptions }),
    ...(kernel === undefined ? {} : { era: kernel.era }),
  } as const;
  return {
    explanation,
    text: findingReport(report, { width: terminal.width, paint: terminal.colors }),
    result: {
      outcome: outcome.kind,
      message: outcome.message,
      explanation: [explanation.title, ...explanation.sentences].join("\n"),
      schedule,
      preemptions,
      executions,
    },
  };
}

/** The command that replays a schedule. */
export function replayCommand(terminal: Terminal, schedule: string): string {
  return `${terminal.program} replay ${schedule}`;
}
