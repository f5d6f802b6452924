// `lockstep run`: each scenario once, in measured time under Haiku's scheduler.

import { JSON_OPTION, SETTING_OPTIONS, type Command } from "#cli/command";
import { findScenario, type Found } from "#cli/find-scenario";
import { describeFinding, VERBOSE_OPTION, wholeTrace, type DescribedFinding } from "#cli/finding";
import { JUDGES_OPTION, namesOf, notes, readJudges } from "#cli/judging";
import { paintOf } from "#cli/links";
import { figuresOf, Looker, LOOKING_OPTIONS, readLooking, type Looking } from "#cli/looking";
import { isSet, type RawOptions } from "#cli/options";
import { readSettings } from "#cli/read-settings";
import { exitCodeOf, gravestExit, ONE_EXECUTION, perSecond, toJson, type Result } from "#cli/result";
import { compileWith, declaredOutcome, scheduleOf, type Settings } from "#cli/settings";
import { SHIPPED, VPN } from "#cli/shipped";
import { verbosely, type Terminal } from "#cli/terminal";
import { verdictLine } from "#cli/verdict";
import { readStepLimit, STEP_OPTION, underWatch } from "#cli/watching";
import type { Program } from "#explore/execution";
import { watch, type Watched, type WatchOptions } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { canBeJudged, examine, judged } from "#judges/examine";
import type { Judge, Verdict } from "#judges/judge";
import { describeMeasured, statsResult, type Measured } from "#report/measured";
import { counted, wrap } from "#report/text";
import { measuredSimulationOf } from "#scenario/compile";
import { formatSchedule } from "#trace/schedule";

export const run: Command = {
  usage: "run [name|file...]",
  about: "run scenarios once each, under Haiku's scheduler; without a name, all that ship",
  details: `Judges look at the run. What they see that has happened in it is the outcome of a run which else finished; what they
see that may happen in another is a note.`,
  options: [...SETTING_OPTIONS, STEP_OPTION, JUDGES_OPTION, ...LOOKING_OPTIONS, VERBOSE_OPTION, JSON_OPTION],
  examples: [
    "lockstep run notify-in-close",
    "lockstep run ./my-scenario.ts --cpus 2",
    "lockstep run vpn-correct --stats",
    "lockstep run --json",
  ],
  words: { least: 0, most: Number.POSITIVE_INFINITY, wanted: "names of scenarios or files" },

  async perform(given, words, options) {
    const terminal = verbosely(given, isSet(options, "verbose"));
    // Whatever is wrong with one of them is said before any has run.
    const asJson = isSet(options, "json");
    const judges = readJudges(options);
    const prepared: Prepared[] = [];
    const named = words.length === 0 ? [...SHIPPED, ...VPN] : words;
    const looking = readLooking(options, named.length, terminal.folder);
    const stepLimit = readStepLimit(options);
    for (const word of named) prepared.push(await prepare(word, options, terminal));
    const codes = prepared.map(({ found, settings }) => {
      const ran = runScenario(found, settings, terminal, judges, looking, stepLimit);
      terminal.out(asJson ? toJson(ran.result) : describeRun(found, ran, terminal));
      return exitCodeOf(ran.result);
    });
    return gravestExit(codes);
  },
};

interface Prepared {
  readonly found: Found;
  readonly settings: Settings;
}

/** A run's result, and what there is to say about it. */
export interface Ran {
  readonly result: Result;
  readonly finding: DescribedFinding | null;
  readonly watched: Watched;
  readonly verdicts: readonly Verdict[];
  /** With --stats: where the time went. */
  readonly measured: Measured | null;
}

async function prepare(word: string, options: RawOptions, terminal: Terminal): Promise<Prepared> {
  const found = await findScenario(word, terminal.folder);
  return { found, settings: readSettings(options, found.scenario) };
}

/** Runs a scenario once in measured time. */
export function runScenario(
  found: Found,
  settings: Settings,
  terminal: Terminal,
  judges: readonly Judge[] = JUDGES,
  looking: Looking = { hasStats: false },
  stepLimit?: number,
): Ran {
  const { scenario } = found;
  const { costs } = scenario.definition;
  const began = terminal.now();
  const looker = new Looker(looking, found.name);
  const program = looker.around(compileWith(scenario, settings, namesOf(judges), looker.capture));
  const how: WatchOptions = {
    time: "measured",
    simulation: measuredSimulationOf(scenario, settings.parameters),
    ...(costs === undefined ? {} : { costs }),
  };
  const isVerbose = terminal.isVerbose === true;
  const watched = underWatch(program, (under) => watchRun(under, judges, isVerbose, how), stepLimit, costs);
  const milliseconds = terminal.now() - began;
  const verdicts = examine(watched, judges);
  const outcome = judged(watched.execution.outcome, verdicts, true);
  const { steps } = watched.execution;
  const schedule = formatSchedule(scheduleOf(found, settings, "measured"));
  const finding =
    outcome.kind === "finished"
      ? null
      : describeFinding({ found, watched, schedule, executions: 1, terminal, verdicts, outcome });
  const declared = declaredOutcome(scenario, settings, "run");
  const measured = looker.measured(watched.execution.simulation);
  const figures = figuresOf(watched.execution.simulation);
  const captured = looker.write();
  return {
    watched,
    finding,
    verdicts,
    measured,
    result: {
      scenario: found.name,
      strategy: "haiku",
      outcome: outcome.kind,
      expected: declared === null ? null : declared === outcome.kind,
      ...ONE_EXECUTION,
      firstFailure: finding === null ? null : 1,
      findings: finding === null ? [] : [finding.result],
      judged: { judges: namesOf(judges), executions: canBeJudged(watched) ? 1 : 0 },
      steps,
      executionsPerSecond: perSecond(1, milliseconds),
      ...(figures === null ? {} : { figures }),
      ...(measured === null ? {} : { stats: statsResult(measured) }),
      ...(captured === undefined ? {} : { captured }),
    },
  };
}

// Briefly first: a run that ends well and in which nothing looks wrong needs no more, and may be long.
function watchRun(program: Program, judges: readonly Judge[], isVerbose: boolean, how: WatchOptions): Watched {
  if (isVerbose) return watch(program, how);
  const quick = watch(program, { ...how, stacks: false, isBrief: true });
  const isQuiet = quick.execution.outcome.kind === "finished" && examine(quick, judges).length === 0;
  return isQuiet ? quick : watch(program, how);
}

function describeRun(found: Found, ran: Ran, terminal: Terminal): string {
  const { bold, dim } = terminal.colors;
  const { definition } = found.scenario;
  const { simulation } = ran.watched.execution;
  const about = definition.about === undefined ? "" : `: ${definition.about}`;
  const title = wrap(`${found.name}${about}`, terminal.width).replace(found.name, bold);
  const kernel = simulation.kernels[0];
  const host = kernel === undefined ? "" : ` on ${counted(kernel.cpuCount, "CPU")}, ${kernel.debug} build`;
  const lines = [
    title,
    dim(
      wrap(
        `one run under Haiku's scheduler${host}: ${counted(ran.result.steps, "step")}, ${virtualTime(simulation.now())}`,
        terminal.width,
        "  ",
      ),
    ),
    `  ${verdictLine(ran.result, declaredOutcome(found.scenario, { parameters: {} }, "run"), terminal.colors)}`,
  ];
  if (!canBeJudged(ran.watched)) lines.push(dim("  not judged: the run is longer than what judges read"));
  const output = ran.watched.events.filter((event) => event.kind === "output").map((event) => dim(`  | ${event.text}`));
  const shown = ran.finding === null ? "" : `\n${ran.finding.text.trimEnd()}\n`;
  const paint = paintOf(terminal, found);
  const beside = ran.finding === null ? notes(ran.verdicts, ran.watched.execution.outcome, terminal, paint) : "";
  const whole = ran.finding === null ? wholeTrace(found, ran.watched, terminal) : "";
  const stats = ran.measured === null ? "" : `\n${describeMeasured(ran.measured, terminal.colors)}`;
  const { captured } = ran.result;
  const file = captured === undefined ? "" : dim(`  ${counted(captured, "packet")} captured\n`);
  return `${[...lines, ...output].join("\n")}\n${file}${beside}${stats}${shown}${whole}\n`;
}

/** Microseconds of virtual time as somebody would say them. */
function virtualTime(microseconds: number): string {
  if (microseconds < 1_000) return `${Math.round(microseconds)} us of virtual time`;
  if (microseconds < 1_000_000) return `${(microseconds / 1_000).toFixed(1)} ms of virtual time`;
  return `${(microseconds / 1_000_000).toFixed(2)} s of virtual time`;
}
