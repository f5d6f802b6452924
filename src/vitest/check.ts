// What a test of schedules finds out: the searches behind `lockstep/vitest`, as plain functions.

import { checkDefinition, checkScenario } from "#scenario/check";
import { compile, simulationOf } from "#scenario/compile";
import { scenario, type ParameterValues, type Scenario, type ScenarioDefinition } from "#scenario/types";
import type { Program } from "#explore/execution";
import { explore, type ExploredFinding, type ExploreResult } from "#explore/explorer";
import type { StrategyName } from "#explore/strategy";
import { watch } from "#explore/watch";
import { chosenJudges } from "#judges/all";
import { examine, judged } from "#judges/examine";
import type { Judge } from "#judges/judge";
import { judgeSample } from "#judges/sample";
import type { OutcomeKind } from "#kernel/outcome";
import type { SimulationOptions } from "#kernel/options";
import { findingReport } from "#report/finding-report";
import { counted } from "#report/text";
import { coverageSentence } from "#report/words";
import { formatSchedule, parseSchedule, type Schedule } from "#trace/schedule";

/** What a test can be made from. */
export type Subject<State extends object = object> = Scenario | ScenarioDefinition<State> | Program;

export interface ScheduleTestOptions {
  /** Default: dpor, which is complete. */
  readonly strategy?: StrategyName;
  /** Executions at most. Default one million. */
  readonly maxExecutions?: number;
  /** Seconds at most, for the search and for the test. Default 60. */
  readonly maxSeconds?: number;
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  /** Values for the scenario's declared parameters. */
  readonly parameters?: ParameterValues;
  readonly simulation?: Partial<SimulationOptions>;
  /** Judges to ask, their names separated by commas; "all" (default) or "none". */
  readonly judges?: string;
  /** A schedule, as a failure prints it: only that is run. */
  readonly replay?: string;
}

/** What `findsWithin` looks for. */
export type WantedOutcome = OutcomeKind | { readonly kind: OutcomeKind; readonly message?: string | RegExp };

/** Seconds at most, when nobody says otherwise. */
export const SECONDS = 60;

/** Why the subject does not hold on every schedule, as a report; null when it does, and every one was explored. */
export function failureOfSome<State extends object>(
  name: string,
  subject: Subject<State>,
  options: ScheduleTestOptions,
): string | null {
  const tested = prepare(name, subject, options);
  if (options.replay !== undefined) return replaySchedule(tested, options.replay);
  const result = search(tested, options, options.maxExecutions, true);
  const [first] = result.findings;
  if (first !== undefined) return `${describe(tested, first)}\n\nsearched: ${coverageSentence(result)}`;
  if (!result.exhausted) return `not every schedule was explored: ${coverageSentence(result)}`;
  return noticed(tested);
}

// What a judge sees in executions that end well.
function noticed(tested: Tested): string | null {
  const { executions, findings } = judgeSample(tested.program, tested.judges, tested.simulation);
  const [first] = findings;
  if (first === undefined) return null;
  return `${describe(tested, first)}\n\nseen by the judge ${first.verdict.judge}, who looked at ${counted(executions, "execution")}; none fails by itself`;
}

/** Why no such failure was found within `most` executions; null when one was. */
export function absenceOf<State extends object>(
  outcome: WantedOutcome,
  most: number,
  name: string,
  subject: Subject<State>,
  options: ScheduleTestOptions,
): string | null {
  const tested = prepare(name, subject, options);
  const result = search(tested, options, most, false);
  if (result.findings.some((finding) => fits(finding, outcome))) return null;
  const noticedToo = judgeSample(tested.program, tested.judges, tested.simulation).findings;
  if (noticedToo.some((finding) => fits(finding, outcome))) return null;
  const others = [...result.findings, ...noticedToo].map(
    (finding) => `  ${finding.outcome.kind}: ${finding.outcome.message}`,
  );
  const instead = others.length === 0 ? "" : `\ninstead it found:\n${others.join("\n")}`;
  return `no ${wanted(outcome)} within ${counted(most, "execution")}: ${coverageSentence(result)}${instead}`;
}

interface Tested {
  readonly name: string;
  readonly program: Program;
  /** The schedule of its executions, without their choices. */
  readonly schedule: Schedule;
  readonly simulation: Partial<SimulationOptions>;
  readonly judges: readonly Judge[];
}

function prepare<State extends object>(name: string, subject: Subject<State>, options: ScheduleTestOptions): Tested {
  const { cpus, debug, parameters = {} } = options;
  const judges = chosenJudges(options.judges ?? "all");
  if (typeof subject === "function") {
    return {
      name,
      program: subject,
      schedule: emptySchedule(name, cpus ?? 1, debug ?? "kdebug", {}),
      simulation: options.simulation ?? {},
      judges,
    };
  }
  const made = asScenario(name, subject);
  const { definition } = made;
  const settings = { parameters, ...(cpus === undefined ? {} : { cpus }), ...(debug === undefined ? {} : { debug }) };
  return {
    name: made.name,
    program: compile(made, { ...settings, judges: judges.map((judge) => judge.name) }),
    schedule: emptySchedule(made.name, cpus ?? definition.cpus ?? 1, debug ?? definition.debug ?? "kdebug", parameters),
    simulation: { ...simulationOf(made, parameters), ...options.simulation },
    judges,
  };
}

function asScenario<State extends object>(name: string, subject: Scenario | ScenarioDefinition<State>): Scenario {
  if ("definition" in subject) return checkScenario(subject);
  checkDefinition(subject, name);
  return scenario(name, subject);
}

function emptySchedule(
  scenarioName: string,
  cpus: number,
  debug: Schedule["debug"],
  parameters: ParameterValues,
): Schedule {
  const texts = Object.entries(parameters).map(([key, value]) => [key, String(value)]);
  const named = Object.fromEntries(texts) as Record<string, string>;
  return { scenario: scenarioName, cpus, debug, time: "adversarial", parameters: named, marks: [], choices: [] };
}

// Only a failure that is shown is made small.
function search(
  tested: Tested,
  options: ScheduleTestOptions,
  maxExecutions: number | undefined,
  shrink: boolean,
): ExploreResult {
  return explore(tested.program, {
    shrink,
    simulation: tested.simulation,
    now: () => performance.now(),
    maxMilliseconds: (options.maxSeconds ?? SECONDS) * 1000,
    ...(options.strategy === undefined ? {} : { strategy: options.strategy }),
    ...(maxExecutions === undefined ? {} : { maxExecutions }),
  });
}

function replaySchedule(tested: Tested, token: string): string | null {
  const schedule = parseSchedule(token);
  const watched = watch(tested.program, { ...schedule, simulation: tested.simulation });
  if (watched.divergence !== null) {
    const { choice, expected, found } = watched.divergence;
    return `the schedule does not fit: at choice ${choice} it has ${expected ?? "no"} alternatives, now there are ${found ?? "none"}`;
  }
  const rulings = examine(watched, tested.judges);
  const outcome = judged(watched.execution.outcome, rulings, schedule.time === "measured");
  if (outcome.kind === "finished") return null;
  return findingReport({
    scenario: tested.name,
    outcome,
    rulings,
    events: watched.events,
    replay: replayOption(token),
    time: schedule.time,
  });
}

interface Described extends Pick<ExploredFinding, "outcome" | "choices" | "marks" | "preemptions" | "steps"> {
  readonly provedLeast?: boolean;
  /** Default: adversarial. */
  readonly time?: "adversarial" | "measured";
}

function describe(tested: Tested, finding: Described): string {
  const { time = "adversarial", choices, marks, preemptions, provedLeast, steps } = finding;
  const watched = watch(tested.program, { time, choices, marks, simulation: tested.simulation });
  const rulings = examine(watched, tested.judges);
  const token = formatSchedule({ ...tested.schedule, time, choices, marks });
  return findingReport({
    scenario: tested.name,
    // What a judge noticed is the outcome of an execution that finished.
    outcome: watched.execution.outcome.kind === "finished" ? finding.outcome : watched.execution.outcome,
    rulings,
    time,
    events: watched.events,
    preemptions,
    ...(provedLeast === undefined ? {} : { provedLeast }),
    steps,
    replay: replayOption(token),
  });
}

// A test's scenario has no name that the command line knows: the test itself takes the schedule.
function replayOption(token: string): string {
  return `everySchedule(..., { replay: "${token}" })`;
}

function fits(finding: Pick<ExploredFinding, "outcome">, outcome: WantedOutcome): boolean {
  const { kind, message } = typeof outcome === "string" ? { kind: outcome, message: undefined } : outcome;
  if (finding.outcome.kind !== kind) return false;
  if (message === undefined) return true;
  return typeof message === "string"
    ? finding.outcome.message.includes(message)
    : message.test(finding.outcome.message);
}

function wanted(outcome: WantedOutcome): string {
  if (typeof outcome === "string") return outcome;
  return outcome.message === undefined ? outcome.kind : `${outcome.kind} with ${String(outcome.message)}`;
}
