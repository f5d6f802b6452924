// `lockstep explore`: every schedule of a scenario, or as many as the bounds allow.

import { BOUND_OPTIONS, isSampling, readBounds, SAMPLING_EXECUTIONS, type Bounds } from "#cli/bounds";
import { JSON_OPTION, SETTING_OPTIONS, type Command } from "#cli/command";
import { findScenario, type Found } from "#cli/find-scenario";
import { describeFinding, type DescribedFinding } from "#cli/finding";
import { isSet } from "#cli/options";
import { progressLine } from "#cli/progress";
import { readSettings } from "#cli/read-settings";
import { duration, exitCodeOf, perSecond, toJson, type Result } from "#cli/result";
import { compileWith, declaredOutcome, scheduleOf, type Settings } from "#cli/settings";
import type { Terminal } from "#cli/terminal";
import { verdictLine } from "#cli/verdict";
import { explore as search, type ExploredFinding, type ExploreResult } from "#explore/explorer";
import { watch } from "#explore/watch";
import type { Program } from "#explore/execution";
import { counted, thousands, wrap } from "#report/text";
import { coverageSentence } from "#report/words";
import { formatSchedule } from "#trace/schedule";

export const explore: Command = {
  usage: "explore <name|file>",
  about: "explore a scenario's schedules, and show every distinct finding",
  details: `Explores with sleep sets unless told otherwise: complete, one execution for each way in which
the steps can depend on each other. "None exists" is said only of an exhausted search.`,
  options: [...BOUND_OPTIONS, ...SETTING_OPTIONS, JSON_OPTION],
  examples: [
    "lockstep explore merged-close",
    "lockstep explore ./my-scenario.ts --stop-at-first",
    "lockstep explore tun-close-traffic --strategy random --seed 7 --max-seconds 10",
  ],
  words: { least: 1, most: 1, wanted: "one scenario's name or file" },

  async perform(terminal, words, options) {
    const asJson = isSet(options, "json");
    const bounds = readBounds(options);
    const found = await findScenario(words[0] ?? "", terminal.folder);
    const settings = readSettings(options, found.scenario);
    const watched = asJson ? { ...terminal, isWatched: false } : terminal;
    const explored = exploreScenario(found, settings, bounds, watched);
    terminal.out(asJson ? toJson(explored.result) : describeExploration(found, explored, bounds, terminal));
    return exitCodeOf(explored.result);
  },
};

/** An exploration's result, and what there is to say about it. */
export interface Explored {
  readonly result: Result;
  readonly findings: readonly DescribedFinding[];
  readonly search: ExploreResult;
}

/** Explores a scenario, and runs every distinct finding once more to see it. */
export function exploreScenario(found: Found, settings: Settings, bounds: Bounds, terminal: Terminal): Explored {
  const { scenario } = found;
  const program = compileWith(scenario, settings);
  const line = progressLine(terminal, found.name);
  const { strategy, seed, preemptions, maxSeconds } = bounds;
  const maxExecutions = bounds.maxExecutions ?? (isSampling(strategy) ? SAMPLING_EXECUTIONS : undefined);
  const { simulation } = scenario.definition;
  const result = search(program, {
    strategy,
    stopAtFirst: bounds.stopAtFirst,
    now: () => terminal.now(),
    onProgress: (progress) => line.show(progress),
    ...(seed === undefined ? {} : { seed }),
    ...(preemptions === undefined ? {} : { preemptions }),
    ...(maxExecutions === undefined ? {} : { maxExecutions }),
    ...(maxSeconds === undefined ? {} : { maxMilliseconds: maxSeconds * 1000 }),
    ...(simulation === undefined ? {} : { simulation }),
  });
  line.clear();
  const findings = result.findings.map((each) => see(each, program, found, settings, terminal));
  return { search: result, findings, result: toResult(found, settings, bounds, result, findings) };
}

function see(
  finding: ExploredFinding,
  program: Program,
  found: Found,
  settings: Settings,
  terminal: Terminal,
): DescribedFinding {
  const { simulation } = found.scenario.definition;
  const { choices, marks, executions } = finding;
  const watched = watch(program, {
    time: "adversarial",
    choices,
    marks,
    ...(simulation === undefined ? {} : { simulation }),
  });
  const schedule = formatSchedule({ ...scheduleOf(found, settings, "adversarial"), choices, marks });
  return describeFinding({ found, watched, schedule, executions, terminal });
}

function toResult(
  found: Found,
  settings: Settings,
  bounds: Bounds,
  search: ExploreResult,
  findings: readonly DescribedFinding[],
): Result {
  const { strategy, outcome, executions, blocked, firstFailure, exhausted, bound, steps, milliseconds } = search;
  const declared = declaredOutcome(found.scenario, settings, "explore");
  // A search that nobody bounded and that still did not end has not shown that there is nothing to find.
  const { maxExecutions, maxSeconds, preemptions } = bounds;
  const isBounded = (maxExecutions ?? maxSeconds ?? preemptions) !== undefined || isSampling(strategy);
  const isShown = outcome !== "finished" || exhausted || isBounded;
  return {
    scenario: found.name,
    strategy,
    outcome,
    expected: declared === null ? null : declared === outcome && isShown,
    executions,
    blocked,
    firstFailure,
    exhausted,
    bound,
    findings: findings.map((finding) => finding.result),
    steps,
    executionsPerSecond: perSecond(executions, milliseconds),
  };
}

function describeExploration(found: Found, explored: Explored, bounds: Bounds, terminal: Terminal): string {
  const { bold, dim } = terminal.colors;
  const { result, search: searched, findings } = explored;
  const { definition } = found.scenario;
  const { preemptions } = bounds;
  const coverage = coverageSentence({ ...searched, ...(preemptions === undefined ? {} : { most: preemptions }) });
  const blocked =
    searched.blocked === 0 ? "" : `, ${counted(searched.blocked, "more", "more")} cut short as equal to one explored`;
  const pace = `${counted(result.executions, "execution")}${blocked}, ${counted(result.steps, "step")} in ${duration(searched.milliseconds)}: ${thousands(result.executionsPerSecond)} a second`;
  const head = [
    wrap(`${found.name}${definition.about === undefined ? "" : `: ${definition.about}`}`, terminal.width).replace(
      found.name,
      bold,
    ),
    `  ${verdictLine(result, declaredOutcome(found.scenario, { parameters: {} }, "explore"), terminal.colors)}`,
    wrap(`${coverage}.`, terminal.width, "  "),
    dim(`  ${pace}`),
  ];
  const shown = findings.map((finding, place) => {
    const first = thousands(searched.findings[place]?.firstExecution ?? 1);
    const times = `${counted(finding.result.executions, "execution")} ended so, the first is number ${first}`;
    return `\n${bold(`Finding ${place + 1} of ${findings.length}`)} ${dim(`(${times})`)}\n${finding.text.trimEnd()}\n`;
  });
  return `${head.join("\n")}\n${shown.join("")}`;
}
