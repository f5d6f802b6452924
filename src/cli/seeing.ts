// Looking at what a search or a judge has found: it is run once more, recorded, and shown to the judges.

import type { Found } from "#cli/find-scenario";
import { describeFinding, type DescribedFinding } from "#cli/finding";
import { scheduleOf, type Settings } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import type { Program } from "#explore/execution";
import type { ExploredFinding } from "#explore/explorer";
import { watch } from "#explore/watch";
import { examine, judged } from "#judges/examine";
import type { Judge } from "#judges/judge";
import type { JudgedFinding } from "#judges/sample";
import { counted, thousands } from "#report/text";
import { simulationOf } from "#scenario/compile";
import { formatSchedule } from "#trace/schedule";

/** What it takes to look at one execution. */
export interface Looker {
  readonly program: Program;
  readonly found: Found;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly judges: readonly Judge[];
}

/** A failure that a search has met. */
export function see(
  finding: ExploredFinding,
  { program, found, settings, terminal, judges }: Looker,
): DescribedFinding {
  const { choices, marks, executions, provedLeast } = finding;
  const watched = watch(program, {
    time: "adversarial",
    choices,
    marks,
    simulation: simulationOf(found.scenario, settings.parameters),
  });
  const schedule = formatSchedule({ ...scheduleOf(found, settings, "adversarial"), choices, marks });
  const verdicts = examine(watched, judges);
  const when = `${counted(executions, "execution")} ended so, the first is number ${thousands(finding.firstExecution)}`;
  const outcome = judged(watched.execution.outcome, verdicts, false);
  return describeFinding({ found, watched, schedule, executions, provedLeast, terminal, verdicts, outcome, when });
}

/** A judge's finding, in an execution that did not fail by itself. */
export function seeNoticed(
  noticed: JudgedFinding,
  { program, found, settings, terminal, judges }: Looker,
): DescribedFinding {
  const { time, choices, marks, executions, outcome, verdict } = noticed;
  const { costs } = found.scenario.definition;
  const watched = watch(program, {
    time,
    choices,
    marks,
    simulation: simulationOf(found.scenario, settings.parameters),
    ...(costs === undefined ? {} : { costs }),
  });
  const schedule = formatSchedule({ ...scheduleOf(found, settings, time), choices, marks });
  const verdicts = examine(watched, judges);
  // One that goes round and changes nothing may be cut off for its length before it ends.
  const { kind } = watched.execution.outcome;
  const ended = kind === "out-of-steps" ? "was cut off for its length" : "ended well";
  const when = `seen by the judge ${verdict.judge}, in an execution that ${ended}`;
  const described = describeFinding({ found, watched, schedule, executions, terminal, verdicts, outcome, when });
  return { ...described, noticedBy: verdict.judge };
}
