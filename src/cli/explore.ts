// `lockstep explore`: every schedule of a scenario, or as many as the bounds allow.

import { resolve } from "node:path";
import { BOUND_OPTIONS, isSampling, readBounds, withOwnBounds, type Bounds } from "#cli/bounds";
import { JSON_OPTION, SETTING_OPTIONS, type Command } from "#cli/command";
import { describeExploration } from "#cli/exploration-text";
import { findScenario, type Found } from "#cli/find-scenario";
import { describeFinding, VERBOSE_OPTION, type DescribedFinding } from "#cli/finding";
import { COVERAGE_OPTION, LineCoverage } from "#cli/line-coverage";
import { JUDGES_OPTION, namesOf, readJudges } from "#cli/judging";
import { offerDebugger } from "#cli/kdl-offer";
import { isSet } from "#cli/options";
import { progressLine } from "#cli/progress";
import { readSettings } from "#cli/read-settings";
import { CORES_OPTIONS, readCores } from "#cli/cores";
import { writeWhole } from "#cli/search-file";
import { searchOnCores } from "#cli/search-on-cores";
import { searchOptions } from "#cli/search-options";
import { takeUp } from "#cli/take-up";
import { EXIT_INTERRUPTED, exitCodeOf, perSecond, toJson, type Result } from "#cli/result";
import { compileWith, declaredOutcome, scheduleOf, type Settings } from "#cli/settings";
import { verbosely, type Terminal } from "#cli/terminal";
import { OperationTally } from "#explore/coverage";
import { explore as explorePlainly, type ExploredFinding, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import type { Program } from "#explore/execution";
import { examine, judged } from "#judges/examine";
import type { Judge } from "#judges/judge";
import { besides, judgeSample, type JudgedFinding, type Judgement } from "#judges/sample";
import { gravity } from "#kernel/outcome";
import { counted, thousands } from "#report/text";
import { simulationOf } from "#scenario/compile";
import { formatSchedule } from "#trace/schedule";

export const explore: Command = {
  usage: "explore <name|file>",
  about: "explore a scenario's schedules, and show every distinct finding",
  details: `Explores by partial-order reduction unless told otherwise: one execution for each
way in which the steps can depend on each other. "None exists" is said only of a
search that was exhausted.

  dpor, source, sleep      complete; the last two are simpler forms of the first
  dfs                      complete: every interleaving, for very small scenarios
  random, pct, pos, surw   draw lots, and never come to an end
  auto                     a quarter of the budget for dpor, a quarter for dpor with
                           0, 1, 2... preemptions, the rest in turns for pct, pos,
                           surw and random. The same search for the same --seed and
                           --max-executions; with --max-seconds it cannot be

A preemption is a switch away from a thread that could go on; a delay is a thread
passed over by taking another than the first. A bound proves nothing beyond it.
A finding is made as small as it can be: the fewest preemptions, then switches.`,
  options: [
    ...BOUND_OPTIONS,
    ...SETTING_OPTIONS,
    ...CORES_OPTIONS,
    JUDGES_OPTION,
    COVERAGE_OPTION,
    VERBOSE_OPTION,
    JSON_OPTION,
  ],
  examples: [
    "lockstep explore merged-close",
    "lockstep explore ./my-scenario.ts --stop-at-first",
    "lockstep explore merged-close --preemptions 1",
    "lockstep explore tun-close-traffic --strategy auto",
    "lockstep explore tun-close-traffic --strategy random --seed 7 --max-seconds 10",
  ],
  words: { least: 0, most: 1, wanted: "one scenario's name or file, or --resume" },

  async perform(plain, given, givenOptions) {
    const terminal = verbosely(plain, isSet(givenOptions, "verbose"));
    const asJson = isSet(givenOptions, "json");
    const { words, options, file: resumed } = takeUp(given, givenOptions, terminal);
    const stated = readBounds(options);
    const judges = readJudges(options);
    // Counting begins before the driver is loaded.
    const tally = isSet(options, "coverage") ? new OperationTally() : null;
    const lines = tally === null ? null : new LineCoverage(terminal.folder);
    const found = await findScenario(words[0] ?? "", terminal.folder);
    lines?.loaded();
    const bounds = withOwnBounds(stated, options, found.scenario.definition.bounds);
    const cores = readCores(options, bounds);
    const settings = readSettings(options, found.scenario);
    const watched = asJson ? { ...terminal, isWatched: false } : terminal;
    const program = compileWith(found.scenario, settings, namesOf(judges));
    const search = {
      ...searchOptions(found, settings, bounds, terminal),
      ...(tally === null ? {} : { recorder: tally }),
    };
    const terms = { found, settings, bounds, judges: namesOf(judges), program, search, cores, options, resumed };
    const searched = await searchOnCores({ ...terms, terminal: watched });
    const explored = describeSearch(
      found,
      settings,
      bounds,
      watched,
      { judges, samples: searched.file === null, tally },
      searched.result,
    );
    const coverage = tally === null || lines === null ? null : { operations: tally.operations, files: lines.end() };
    const result = {
      ...explored.result,
      ...(isPartial(explored.result) ? { expected: null } : {}),
      ...(coverage === null ? {} : { coverage }),
      ...(searched.file === null ? {} : { search: searched.file }),
    };
    if (cores.out !== undefined) writeWhole(resolve(terminal.folder, cores.out), toJson(result));
    terminal.out(asJson ? toJson(result) : describeExploration(found, { ...explored, result }, terminal, coverage));
    for (const note of searched.notes) (asJson ? terminal.error : terminal.out)(`${note}\n`);
    if (!asJson && !searched.isInterrupted) {
      const schedules = result.findings.map(({ schedule }) => schedule);
      await offerDebugger(schedules, terminal, judges);
    }
    return searched.isInterrupted ? EXIT_INTERRUPTED : exitCodeOf(result);
  },
};

// What was not all, and found nothing, says nothing about what the scenario declares.
function isPartial({ outcome, bound }: Result): boolean {
  return outcome === "finished" && (bound === "shard" || bound === "interrupted");
}

/** An exploration's result, and what there is to say about it. */
export interface Explored {
  readonly result: Result;
  readonly findings: readonly DescribedFinding[];
  readonly search: ExploreResult;
}

/** Who is asked: of every finding, and, where that is wanted, of a sample of the executions that finish. */
export interface Judging {
  readonly judges: readonly Judge[];
  readonly samples: boolean;
  /** Counts the operations of every execution of the search. */
  readonly tally?: OperationTally | null;
}

/** Explores a scenario on one core, without a break, and looks at what was found. */
export function exploreScenario(
  found: Found,
  settings: Settings,
  bounds: Bounds,
  terminal: Terminal,
  judging: Judging,
): Explored {
  const { judges, tally = null } = judging;
  const program = compileWith(found.scenario, settings, namesOf(judges));
  const line = progressLine(terminal, { name: found.name, strategy: bounds.strategy, most: undefined });
  const result = explorePlainly(program, {
    ...searchOptions(found, settings, bounds, terminal),
    ...(tally === null ? {} : { recorder: tally }),
    onProgress: (progress) => line.show(progress),
  });
  line.clear();
  return describeSearch(found, settings, bounds, terminal, judging, result);
}

/** Runs every distinct finding once more to see it, and asks the judges. */
export function describeSearch(
  found: Found,
  settings: Settings,
  bounds: Bounds,
  terminal: Terminal,
  { judges, samples }: Judging,
  result: ExploreResult,
): Explored {
  const program = compileWith(found.scenario, settings, namesOf(judges));
  const looker = { program, found, settings, terminal, judges };
  const searched = result.findings.map((each) => see(each, looker));
  const sample = judgeProgram(looker, samples ? judges : []);
  const noticed = besides(
    sample,
    result,
    searched.flatMap(({ verdicts }) => verdicts),
  ).map((each) => seeNoticed(each, looker));
  const findings = [...searched, ...noticed].sort((a, b) => gravity(a.result.outcome) - gravity(b.result.outcome));
  const asked = { judges: namesOf(judges), executions: sample.executions + searched.length };
  return { search: result, findings, result: toResult(found, settings, bounds, result, findings, asked) };
}

/** What it takes to look at one execution. */
interface Looker {
  readonly program: Program;
  readonly found: Found;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly judges: readonly Judge[];
}

function judgeProgram({ program, found, settings }: Looker, judges: readonly Judge[]): Judgement {
  const { scenario } = found;
  return judgeSample(program, judges, simulationOf(scenario, settings.parameters), scenario.definition.costs);
}

function see(finding: ExploredFinding, { program, found, settings, terminal, judges }: Looker): DescribedFinding {
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

// A judge's finding, in an execution that ended well.
function seeNoticed(noticed: JudgedFinding, { program, found, settings, terminal, judges }: Looker): DescribedFinding {
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
  const when = `seen by the judge ${verdict.judge}, in an execution that ended well`;
  const described = describeFinding({ found, watched, schedule, executions, terminal, verdicts, outcome, when });
  return { ...described, noticedBy: verdict.judge };
}

function toResult(
  found: Found,
  settings: Settings,
  bounds: Bounds,
  search: ExploreResult,
  findings: readonly DescribedFinding[],
  judged: Result["judged"],
): Result {
  const outcome = findings[0]?.result.outcome ?? search.outcome;
  const { strategy, executions, blocked, repeated, firstFailure, exhausted, bound, steps } = search;
  const declared = declaredOutcome(found.scenario, settings, "explore");
  // A search that nobody bounded and that still did not end has not shown that there is nothing to find.
  const { maxExecutions, maxSeconds, preemptions, delays } = bounds;
  const isBounded = (maxExecutions ?? maxSeconds ?? preemptions ?? delays) !== undefined || isSampling(strategy);
  const isShown = outcome !== "finished" || exhausted || isBounded;
  return {
    scenario: found.name,
    strategy,
    outcome,
    expected: declared === null ? null : declared === outcome && isShown,
    executions,
    blocked,
    repeated,
    firstFailure,
    exhausted,
    heldUp: search.heldUp,
    bound,
    within: search.within,
    guarantee: search.guarantee,
    parts: search.parts,
    findings: findings.map((finding) => finding.result),
    judged,
    steps,
    executionsPerSecond: perSecond(executions, search.milliseconds),
  };
}
