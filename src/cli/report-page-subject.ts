// What `report`, `export` and `explain` are about: one execution, by its schedule, or the first that a search finds to fail.

import { readBounds, withOwnBounds } from "#cli/bounds";
import { exploreScenario } from "#cli/explore";
import { findScenario, type Found } from "#cli/find-scenario";
import { namesOf } from "#cli/judging";
import type { RawOptions } from "#cli/options";
import { readSettings } from "#cli/read-settings";
import { checkFits, settingsOf } from "#cli/replay";
import { compileWith, scheduleOf, type Settings } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { underWatch } from "#cli/watching";
import { InputError } from "#base/assert";
import type { Program } from "#explore/execution";
import type { watch } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { examine, judged } from "#judges/examine";
import type { Capture } from "#net/capture";
import { observe } from "#page-file/observer";
import type { ShownExecution } from "#page-file/page-file";
import { measuredSimulationOf, simulationOf } from "#scenario/compile";
import { formatSchedule, parseSchedule, type Schedule } from "#trace/schedule";

/** One execution, with all that is known of it. */
export interface Subject extends ShownExecution {
  readonly found: Found;
  readonly settings: Settings;
  /** Whether no schedule with fewer preemptions fails so, as far as a search has shown it. */
  readonly provedLeast?: boolean;
}

/** What is wanted of the execution, besides what a page shows. */
export interface Looking {
  /** Called whenever the execution begins: gives who then sees its packets. */
  readonly capture?: () => Capture;
  /** Whether every stack will be read. */
  readonly readsStacks?: boolean;
}

/** What the word after these commands is. */
export const SUBJECT_WANTED = "one schedule, as a finding prints it, or one scenario's name or file";

/**
 * The execution that `word` stands for: a schedule's; of a scenario the gravest finding of a search that stops at the first, or, when
 * nothing is found, one run under Haiku's scheduler.
 * @throws InputError for a word that is neither, and for a schedule that does not fit
 */
export async function subjectOf(
  word: string,
  options: RawOptions,
  terminal: Terminal,
  looking: Looking = {},
): Promise<Subject> {
  if (/^\s*ls\d+:/.test(word)) {
    const given = Object.keys(options).find((name) => SEARCHING.has(name));
    if (given !== undefined)
      throw new InputError(`a schedule holds its settings, and needs no search; --${given} is for a scenario`);
    return await scheduled(parseSchedule(word), terminal, looking);
  }
  const found = await findScenario(word, terminal.folder);
  const settings = readSettings(options, found.scenario);
  const bounds = withOwnBounds(readBounds(options), options, found.scenario.definition.bounds);
  const judging = { judges: JUDGES, samples: true };
  const { findings } = exploreScenario(found, settings, { ...bounds, stopAtFirst: true }, terminal, judging);
  const [finding] = findings;
  const schedule =
    finding === undefined ? scheduleOf(found, settings, "measured") : parseSchedule(finding.result.schedule);
  const subject = recorded(found, settings, schedule, looking);
  return finding === undefined ? subject : { ...subject, provedLeast: finding.result.provedLeast };
}

const SEARCHING = new Set(["param", "cpus", "debug", "strategy", "seed", "maxExecutions", "maxSeconds", "preemptions"]);

/** The execution of this schedule. */
export async function scheduled(schedule: Schedule, terminal: Terminal, looking: Looking = {}): Promise<Subject> {
  const found = await findScenario(schedule.scenario, terminal.folder);
  return recorded(found, settingsOf(schedule, found), schedule, looking);
}

/** Runs a schedule, and records everything. */
export function recorded(found: Found, settings: Settings, schedule: Schedule, looking: Looking = {}): Subject {
  const { capture, readsStacks } = looking;
  const program: Program = (simulation) =>
    compileWith(found.scenario, settings, namesOf(JUDGES), capture?.())(simulation);
  const how = replaying(found, settings, schedule);
  const { watched, observed } = underWatch(program, (under) => observe(under, how, readsStacks), undefined, how.costs);
  checkFits(schedule, watched);
  const verdicts = examine(watched, JUDGES);
  return {
    found,
    settings,
    schedule,
    token: formatSchedule(schedule),
    watched,
    observed,
    verdicts,
    outcome: judged(watched.execution.outcome, verdicts, schedule.time === "measured"),
  };
}

/** How a schedule is run again. */
export function replaying(found: Found, settings: Settings, schedule: Schedule): Parameters<typeof watch>[1] {
  const { time, choices, marks } = schedule;
  const { costs } = found.scenario.definition;
  const simulation = (time === "measured" ? measuredSimulationOf : simulationOf)(found.scenario, settings.parameters);
  return { time, choices, marks, simulation, ...(costs === undefined ? {} : { costs }) };
}
