// What a test of schedules is about: a scenario, a definition or a program, made ready to be explored.

import { InputError } from "#base/assert";
import type { Program } from "#explore/execution";
import { chosenJudges } from "#judges/all";
import type { Judge } from "#judges/judge";
import type { SimulationOptions } from "#kernel/options";
import { checkDefinition, checkScenario } from "#scenario/check";
import { compile, simulationOf } from "#scenario/compile";
import { parametersAsText, parseParameters } from "#scenario/parameters";
import {
  scenario,
  type DeclaredParameters,
  type ParameterValues,
  type Scenario,
  type ScenarioDefinition,
} from "#scenario/types";
import type { Schedule } from "#trace/schedule";
import type { ScheduleTestOptions } from "#vitest/options";
import { Watchdog } from "#workers/watchdog";

/** What a test can be made from. */
export type Subject<State extends object = object, Declared extends DeclaredParameters = DeclaredParameters> =
  Scenario | ScenarioDefinition<State, Declared> | Program;

/** A subject that is ready. */
export interface Tested {
  readonly name: string;
  /** One sentence on the scenario; empty for none. */
  readonly about: string;
  readonly program: Program;
  /** Ends what never comes back. `program` runs under it. */
  readonly watchdog: Watchdog;
  /** The schedule of its executions, without their choices. */
  readonly schedule: Schedule;
  readonly simulation: Partial<SimulationOptions>;
  readonly judges: readonly Judge[];
  readonly era: "aug23" | "head";
}

/**
 * @param name of a definition or a program, which have none of their own
 * @throws InputError for what is no scenario, or has no such parameters
 */
export function prepare<State extends object>(
  name: string,
  subject: Subject<State>,
  options: ScheduleTestOptions,
): Tested {
  const { cpus, debug } = options;
  const judges = chosenJudges(options.judges ?? "all");
  if (typeof subject === "function") {
    if (options.parameters !== undefined) throw new InputError("a program has no parameters: only a scenario has");
    const watchdog = new Watchdog(subject);
    const schedule = emptySchedule(name, cpus ?? 1, debug ?? "kdebug", {});
    const simulation = options.simulation ?? {};
    return { name, about: "", program: watchdog.program, watchdog, schedule, simulation, judges, era: "aug23" };
  }
  const made = asScenario(name, subject);
  const { definition } = made;
  const parameters = checkedParameters(made, options.parameters ?? {});
  const settings = { parameters, ...(cpus === undefined ? {} : { cpus }), ...(debug === undefined ? {} : { debug }) };
  const watchdog = new Watchdog(compile(made, { ...settings, judges: judges.map((judge) => judge.name) }));
  return {
    name: made.name,
    about: definition.about ?? "",
    program: watchdog.program,
    watchdog,
    schedule: emptySchedule(made.name, cpus ?? definition.cpus ?? 1, debug ?? definition.debug ?? "kdebug", parameters),
    simulation: { ...simulationOf(made, parameters), ...options.simulation },
    judges,
    era: definition.era ?? "aug23",
  };
}

/** Whether a value is something that a test can be made from. */
export function isSubject(value: unknown): value is Subject {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && ("definition" in value || "run" in value);
}

/** Whether a schedule is one of this subject, with these settings. */
export function isScheduleOf(schedule: Schedule, tested: Tested): boolean {
  const key = ({ scenario: name, cpus, debug, parameters }: Schedule): string =>
    JSON.stringify([name, cpus, debug, Object.entries(parameters).sort()]);
  return key(schedule) === key(tested.schedule);
}

// Through their texts, as the command line and a schedule give them: what does not fit is said in the same words.
function checkedParameters(made: Scenario, values: ParameterValues): ParameterValues {
  const pairs = Object.entries(parametersAsText(values)).map(([name, value]) => `${name}=${value}`);
  return parseParameters(made, pairs);
}

function asScenario<State extends object>(name: string, subject: Scenario | ScenarioDefinition<State>): Scenario {
  if (typeof subject === "object" && subject !== null && "definition" in subject) return checkScenario(subject);
  if (typeof subject !== "object" || subject === null) return checkScenario(subject);
  checkDefinition(subject, name);
  return scenario(name, subject);
}

function emptySchedule(
  scenarioName: string,
  cpus: number,
  debug: Schedule["debug"],
  parameters: ParameterValues,
): Schedule {
  const named = parametersAsText(parameters);
  return { scenario: scenarioName, cpus, debug, time: "adversarial", parameters: named, marks: [], choices: [] };
}
