// `lockstep run`: each scenario once, in measured time under Haiku's scheduler.

import { JSON_OPTION, SETTING_OPTIONS, type Command } from "#cli/command";
import { findScenario, type Found } from "#cli/find-scenario";
import { describeFinding, type DescribedFinding } from "#cli/finding";
import { isSet, type RawOptions } from "#cli/options";
import { readSettings } from "#cli/read-settings";
import { exitCodeOf, gravestExit, perSecond, toJson, type Result } from "#cli/result";
import { compileWith, declaredOutcome, scheduleOf, type Settings } from "#cli/settings";
import { SHIPPED } from "#cli/shipped";
import type { Terminal } from "#cli/terminal";
import { verdictLine } from "#cli/verdict";
import { watch, type Watched } from "#explore/watch";
import { counted, wrap } from "#report/text";
import { formatSchedule } from "#trace/schedule";

export const run: Command = {
  usage: "run [name|file...]",
  about: "run scenarios once each, under Haiku's scheduler; without a name, all that ship",
  options: [...SETTING_OPTIONS, JSON_OPTION],
  examples: ["lockstep run notify-in-close", "lockstep run ./my-scenario.ts --cpus 2", "lockstep run --json"],
  words: { least: 0, most: Number.POSITIVE_INFINITY, wanted: "names of scenarios or files" },

  async perform(terminal, words, options) {
    // Whatever is wrong with one of them is said before any has run.
    const asJson = isSet(options, "json");
    const prepared: Prepared[] = [];
    for (const word of words.length === 0 ? SHIPPED : words) prepared.push(await prepare(word, options, terminal));
    const codes = prepared.map(({ found, settings }) => {
      const ran = runScenario(found, settings, terminal);
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
}

async function prepare(word: string, options: RawOptions, terminal: Terminal): Promise<Prepared> {
  const found = await findScenario(word, terminal.folder);
  return { found, settings: readSettings(options, found.scenario) };
}

/** Runs a scenario once in measured time. */
export function runScenario(found: Found, settings: Settings, terminal: Terminal): Ran {
  const { scenario } = found;
  const { simulation, costs } = scenario.definition;
  const began = terminal.now();
  const watched = watch(compileWith(scenario, settings), {
    time: "measured",
    ...(simulation === undefined ? {} : { simulation }),
    ...(costs === undefined ? {} : { costs }),
  });
  const milliseconds = terminal.now() - began;
  const { outcome, steps } = watched.execution;
  const schedule = formatSchedule(scheduleOf(found, settings, "measured"));
  const finding =
    outcome.kind === "finished" ? null : describeFinding({ found, watched, schedule, executions: 1, terminal });
  const declared = declaredOutcome(scenario, settings, "run");
  return {
    watched,
    finding,
    result: {
      scenario: found.name,
      strategy: "haiku",
      outcome: outcome.kind,
      expected: declared === null ? null : declared === outcome.kind,
      executions: 1,
      blocked: 0,
      firstFailure: finding === null ? null : 1,
      exhausted: false,
      bound: null,
      findings: finding === null ? [] : [finding.result],
      steps,
      executionsPerSecond: perSecond(1, milliseconds),
    },
  };
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
      `  one run under Haiku's scheduler${host}: ${counted(ran.result.steps, "step")}, ${virtualTime(simulation.now())}`,
    ),
    `  ${verdictLine(ran.result, declaredOutcome(found.scenario, { parameters: {} }, "run"), terminal.colors)}`,
  ];
  const output = ran.watched.events.filter((event) => event.kind === "output").map((event) => dim(`  | ${event.text}`));
  const shown = ran.finding === null ? "" : `\n${ran.finding.text.trimEnd()}\n`;
  return `${[...lines, ...output].join("\n")}\n${shown}\n`;
}

/** Microseconds of virtual time as somebody would say them. */
function virtualTime(microseconds: number): string {
  if (microseconds < 1_000) return `${Math.round(microseconds)} us of virtual time`;
  if (microseconds < 1_000_000) return `${(microseconds / 1_000).toFixed(1)} ms of virtual time`;
  return `${(microseconds / 1_000_000).toFixed(2)} s of virtual time`;
}
