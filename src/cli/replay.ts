// `lockstep replay`: one schedule again, step by step the same, or the first place where it no longer fits.

import { InputError } from "#base/assert";
import { JSON_OPTION, type Command } from "#cli/command";
import { findScenario, type Found } from "#cli/find-scenario";
import { describeFinding, VERBOSE_OPTION, wholeTrace, type DescribedFinding } from "#cli/finding";
import { JUDGES_OPTION, namesOf, readJudges } from "#cli/judging";
import { offerDebugger } from "#cli/kdl-offer";
import { CPUS_MOST, isSet } from "#cli/options";
import { exitCodeOf, ONE_EXECUTION, perSecond, toJson, type Result } from "#cli/result";
import { compileWith, declaredOutcome, type Settings } from "#cli/settings";
import { verbosely, type Terminal } from "#cli/terminal";
import { underWatch } from "#cli/watching";
import { watch, type Watched, type WatchOptions } from "#explore/watch";
import { examine, judged } from "#judges/examine";
import type { Judge } from "#judges/judge";
import type { Outcome } from "#kernel/outcome";
import { counted } from "#report/text";
import { measuredSimulationOf, simulationOf } from "#scenario/compile";
import { parseParameters } from "#scenario/parameters";
import { parseSchedule, type Schedule } from "#trace/schedule";

export const replay: Command = {
  usage: "replay <schedule>",
  about: "run one schedule again, as a finding prints it",
  details: `A schedule names its scenario and its settings. If the code has changed so that the schedule no longer
fits, the first difference is printed, and nothing is claimed.`,
  options: [JUDGES_OPTION, VERBOSE_OPTION, JSON_OPTION],
  examples: ["lockstep replay ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4"],
  words: { least: 1, most: 1, wanted: "one schedule, as a finding prints it" },

  async perform(given, words, options) {
    const terminal = verbosely(given, isSet(options, "verbose"));
    const asJson = isSet(options, "json");
    const judges = readJudges(options);
    const token = words[0] ?? "";
    const schedule = parseSchedule(token);
    const { result, text } = await replaySchedule(schedule, token.trim(), judges, terminal);
    terminal.out(asJson ? toJson(result) : text);
    if (!asJson && result.findings.length > 0) await offerDebugger([token.trim()], terminal, judges);
    return exitCodeOf(result);
  },
};

async function replaySchedule(
  schedule: Schedule,
  token: string,
  judges: readonly Judge[],
  terminal: Terminal,
): Promise<{ result: Result; text: string }> {
  const found = await findScenario(schedule.scenario, terminal.folder);
  const settings = settingsOf(schedule, found);
  const { costs } = found.scenario.definition;
  const began = terminal.now();
  const how: WatchOptions = {
    time: schedule.time,
    choices: schedule.choices,
    marks: schedule.marks,
    simulation: (schedule.time === "measured" ? measuredSimulationOf : simulationOf)(
      found.scenario,
      settings.parameters,
    ),
    ...(costs === undefined ? {} : { costs }),
  };
  const program = compileWith(found.scenario, settings, namesOf(judges));
  const watched = underWatch(program, (under) => watch(under, how), undefined, costs);
  const milliseconds = terminal.now() - began;
  checkFits(schedule, watched);
  const verdicts = examine(watched, judges);
  const outcome = judged(watched.execution.outcome, verdicts, schedule.time === "measured");
  const facts = { found, watched, schedule: token, executions: 1, terminal, verdicts, outcome };
  const finding = outcome.kind === "finished" ? null : describeFinding(facts);
  const result = {
    ...toResult(found, settings, schedule, watched, outcome, finding, milliseconds),
    judged: { judges: namesOf(judges), executions: 1 },
  };
  return { result, text: describeReplay(found, watched, outcome, finding, terminal) };
}

function toResult(
  found: Found,
  settings: Settings,
  schedule: Schedule,
  watched: Watched,
  outcome: Outcome,
  finding: DescribedFinding | null,
  milliseconds: number,
): Omit<Result, "judged"> {
  const { steps } = watched.execution;
  const declared = declaredOutcome(found.scenario, settings, schedule.time === "measured" ? "run" : "explore");
  return {
    scenario: found.name,
    strategy: "replay",
    outcome: outcome.kind,
    expected: declared === null ? null : declared === outcome.kind,
    ...ONE_EXECUTION,
    firstFailure: finding === null ? null : 1,
    findings: finding === null ? [] : [finding.result],
    steps,
    executionsPerSecond: perSecond(1, milliseconds),
  };
}

/** The settings of a schedule. What the scenario has anyway counts as not set: the outcome that it declares is then still meant. */
export function settingsOf(schedule: Schedule, found: Found): Settings {
  const { definition } = found.scenario;
  if (schedule.cpus < 1 || schedule.cpus > CPUS_MOST) {
    throw new InputError(
      `the number of CPUs (field 3) of the schedule should be from 1 to ${CPUS_MOST}, it is ${schedule.cpus}`,
    );
  }
  const pairs = Object.entries(schedule.parameters).map(([name, value]) => `${name}=${value}`);
  return {
    cpus: schedule.cpus === (definition.cpus ?? 1) ? undefined : schedule.cpus,
    debug: schedule.debug === (definition.debug ?? "kdebug") ? undefined : schedule.debug,
    parameters: parseParameters(found.scenario, pairs),
  };
}

/** @throws InputError that names the first difference, where the choices do not fit the scenario */
export function checkFits(schedule: Schedule, { divergence, events }: Pick<Watched, "divergence" | "events">): void {
  if (divergence === null) return;
  const { choice, expected, found } = divergence;
  const { length } = schedule.choices;
  const behind =
    length === 0 ? "at once" : `after ${length === 1 ? "its only choice" : `the last of its ${length} choices`}`;
  const where = choice > length ? behind : `at choice ${choice} of ${length}`;
  const had =
    expected === null ? "it has no further choice" : `it has ${counted(expected, "alternative")} to choose from`;
  const have = found === null ? "the scenario ends before" : `the scenario now has ${found}`;
  const last = events.findLast((event) => event.kind === "step");
  const frame = last?.frames.find((each) => !each.file.startsWith("src/")) ?? last?.frames[0];
  const place = frame === undefined ? "" : ` at ${frame.file}:${frame.line}`;
  const before =
    last === undefined
      ? ""
      : `\nThe last step that fits: thread "${last.threadName}", ${last.text}${last.object === "" ? "" : ` "${last.object}"`}${place}.`;
  throw new InputError(
    `the schedule does not fit the scenario "${schedule.scenario}" as it is now. First difference, ${where}: ${had}; ${have}.${before}\nThe code, or what the scenario does, has changed since; "lockstep explore ${schedule.scenario}" gives schedules that fit.`,
  );
}

function describeReplay(
  found: Found,
  watched: Watched,
  outcome: Outcome,
  finding: DescribedFinding | null,
  terminal: Terminal,
): string {
  const { bold, dim } = terminal.colors;
  const { steps } = watched.execution;
  const how = `replayed: ${counted(steps, "step")}, ${counted(watched.preemptions, "preemption")}`;
  const fits = `(${how}; the schedule fits)`;
  const isLong = found.name.length + outcome.kind.length + fits.length + 3 > terminal.width;
  const head = `${bold(found.name)}: ${bold(outcome.kind)}${isLong ? "\n" : " "}${dim(fits)}\n`;
  return finding === null ? `${head}${wholeTrace(found, watched, terminal)}` : `${head}\n${finding.text.trimEnd()}\n`;
}
