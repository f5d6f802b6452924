// `lockstep explore`: every schedule of a scenario, or as many as the bounds allow.

import { resolve } from "node:path";
import { ACCESSES_OPTION, accessResult, exploreAccesses, readAccesses } from "#cli/accesses";
import { BOUND_OPTIONS, isSampling, readBounds, withOwnBounds, type Bounds } from "#cli/bounds";
import { JSON_OPTION, SETTING_OPTIONS, type Command } from "#cli/command";
import { describeExploration } from "#cli/exploration-text";
import { findScenario, type Found } from "#cli/find-scenario";
import { VERBOSE_OPTION, type DescribedFinding } from "#cli/finding";
import { COVERAGE_OPTION, LineCoverage } from "#cli/line-coverage";
import { JUDGES_OPTION, namesOf, readJudges } from "#cli/judging";
import { offerDebugger } from "#cli/kdl-offer";
import { isSet } from "#cli/options";
import { progressLine } from "#cli/progress";
import { readSettings } from "#cli/read-settings";
import { CORES_OPTIONS, readCores } from "#cli/cores";
import { writeWhole } from "#load/whole-file";
import { searchOnCores } from "#cli/search-on-cores";
import { searchOptions } from "#cli/search-options";
import { takeUp } from "#cli/take-up";
import { EXIT_INTERRUPTED, exitCodeOf, perSecond, toJson, type Result } from "#cli/result";
import { see, seeNoticed, type Looker } from "#cli/seeing";
import { compileWith, declaredOutcome, type Settings } from "#cli/settings";
import { verbosely, type Terminal } from "#cli/terminal";
import { exploreUnderWatch, STEP_OPTION, underWatch } from "#cli/watching";
import { OperationTally } from "#explore/coverage";
import type { ExploreResult } from "#explore/explorer";
import type { Accesses } from "#judges/accesses";
import type { Judge } from "#judges/judge";
import { besides, judgeSample, type Judgement, type RacyData } from "#judges/sample";
import { gravity } from "#kernel/outcome";
import { simulationOf } from "#scenario/compile";

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
    STEP_OPTION,
    ...SETTING_OPTIONS,
    ...CORES_OPTIONS,
    JUDGES_OPTION,
    ACCESSES_OPTION,
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
    const accesses = readAccesses(options);
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
      {
        judges,
        samples: searched.file === null,
        accesses: searched.isInterrupted ? "whole" : accesses,
        tally,
        stepLimit: cores.stepLimit,
      },
      searched.result,
    );
    const coverage = tally === null || lines === null ? null : { operations: tally.operations, files: lines.end() };
    const result = {
      ...explored.result,
      ...(isPartial(explored.result) ? { expected: null } : {}),
      ...(coverage === null ? {} : { coverage }),
      ...(searched.file === null ? {} : { search: searched.file }),
    };
    if (cores.out !== undefined) writeWhole(resolve(terminal.folder, cores.out), toJson(result), cores.out);
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
  /** The search with points before the accesses to data that races, where there was one. */
  readonly again?: { readonly racy: readonly RacyData[]; readonly search: ExploreResult } | null;
}

/** Who is asked: of every finding, and, where that is wanted, of a sample of the executions that finish. */
export interface Judging {
  readonly judges: readonly Judge[];
  readonly samples: boolean;
  /** Whether data that races is explored again with points before its accesses. Default: never. */
  readonly accesses?: Accesses;
  /** Counts the operations of every execution of the search. */
  readonly tally?: OperationTally | null;
  /** Milliseconds that code may take without an operation. */
  readonly stepLimit?: number;
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
  const result = exploreUnderWatch(program, {
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
  { judges, samples, accesses = "whole", stepLimit }: Judging,
  result: ExploreResult,
): Explored {
  const program = compileWith(found.scenario, settings, namesOf(judges));
  const looker = { program, found, settings, terminal, judges };
  const searched = result.findings.map((each) => see(each, looker));
  const sample = judgeProgram(looker, samples ? judges : [], stepLimit);
  const noticed = besides(
    sample,
    result,
    searched.flatMap(({ verdicts }) => verdicts),
  ).map((each) => seeNoticed(each, looker));
  const { racy } = sample;
  const options = searchOptions(found, settings, bounds, terminal);
  const more = exploreAccesses(program, { racy, first: result, how: accesses }, bounds, options);
  const met = new Set(result.findings.map(({ outcome }) => outcome.message));
  const split =
    more?.findings.filter(({ outcome }) => !met.has(outcome.message)).map((each) => see(each, looker)) ?? [];
  const findings = [...searched, ...split, ...noticed].sort(
    (a, b) => gravity(a.result.outcome) - gravity(b.result.outcome),
  );
  const asked = { judges: namesOf(judges), executions: sample.executions + searched.length + split.length };
  const told = toResult(found, settings, bounds, result, findings, asked);
  if (more === null) return { search: result, findings, result: told };
  return {
    search: result,
    findings,
    again: { racy, search: more },
    result: { ...told, accesses: accessResult(racy, more) },
  };
}

function judgeProgram(
  { program, found, settings }: Looker,
  judges: readonly Judge[],
  stepLimit: number | undefined,
): Judgement {
  const { scenario } = found;
  const { costs } = scenario.definition;
  const simulation = simulationOf(scenario, settings.parameters);
  return underWatch(program, (under) => judgeSample(under, judges, simulation, costs), stepLimit, costs);
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
    nestedOnly: search.nestedOnly,
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
