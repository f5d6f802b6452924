// What a test of schedules can be told: by its own options, by the project's, by the environment.
//
// The nearer word counts: a test's own options come before the project's, which come before the defaults. What is misspelt or
// of another kind is refused: an option that means nothing would be a test that tests something else.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { STRATEGIES, type StrategyName } from "#explore/strategy";
import { ACCESSES, type Accesses } from "#judges/accesses";
import { chosenJudges } from "#judges/all";
import type { SimulationOptions } from "#kernel/options";
import type { ParameterValues } from "#scenario/types";
import { wrongSimulation } from "#scenario/simulation-options";

/** When a report is written: only for a test that fails (and an old one removed when it passes), always, never. */
export type ReportMode = "retain-on-failure" | "on" | "off";

/** What a project says once for all its tests, in `test.provide.lockstep` of vitest's configuration. */
export interface ProjectOptions {
  /** Default: dpor, which is complete. */
  readonly strategy?: StrategyName;
  /** Executions at most. Default one million. */
  readonly maxExecutions?: number;
  /** Seconds at most, for the search. Default 60; in a matcher, four fifths of the test's own timeout. */
  readonly maxSeconds?: number;
  /** Seconds after which code that reaches no operation is given up. Default 10. */
  readonly maxStepSeconds?: number;
  /** For strategies that draw lots, and for the fixture `seed`. Default 1. */
  readonly seed?: number;
  /** Judges to ask: a list of names, or a text in which commas separate them; "all" (default) or "none". */
  readonly judges?: string | readonly string[];
  /**
   * Data that races: explored again with points before its accesses ("points"), that only where nothing else is found
   * ("auto", default), or never ("whole").
   */
  readonly accesses?: Accesses;
  /** Default: "retain-on-failure". */
  readonly report?: ReportMode;
  /** Where reports go, from the project's root. Default ".lockstep". */
  readonly reportFolder?: string;
  /** Count the kernel operations of every execution, for the reporter; several times as slow. Default false. */
  readonly coverage?: boolean;
}

/** What one test says. */
export interface ScheduleTestOptions extends Omit<ProjectOptions, "reportFolder"> {
  readonly cpus?: number;
  readonly debug?: "kdebug" | "release";
  /** Values for the scenario's declared parameters. */
  readonly parameters?: ParameterValues;
  readonly simulation?: Partial<SimulationOptions>;
  /** For dpor and dfs: preemptions at most. A bound proves nothing beyond it. */
  readonly preemptions?: number;
  /** For dfs: delays at most. */
  readonly delays?: number;
  /** For pct and auto: the depth of the bug. */
  readonly depth?: number;
  /** A schedule, as a failure prints it: only that is run. */
  readonly replay?: string;
  /** Milliseconds, as vitest counts them. Default: `maxSeconds` and ten seconds more. */
  readonly timeout?: number;
  /** vitest's tags, for filtering. */
  readonly tags?: string | string[];
}

/** A test's options with the project's behind them. */
export type SettledOptions = ScheduleTestOptions & Pick<ProjectOptions, "reportFolder">;

/** Seconds at most, when nobody says otherwise. */
export const SECONDS = 60;
export const STEP_SECONDS = 10;
export const REPORT_FOLDER = ".lockstep";

type Wanted = readonly [test: (value: unknown) => boolean, wanted: string];

const isPositive = (value: unknown): boolean => typeof value === "number" && value > 0;
const isWhole = (least: number) => (value: unknown) => Number.isInteger(value) && Number(value) >= least;
const isPlainObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
const isOneOf = (words: readonly string[]) => (value: unknown) => words.some((word) => word === value);

const SECONDS_WANTED: Wanted = [isPositive, "a number of seconds above 0"];
const REPORT_MODES: readonly ReportMode[] = ["retain-on-failure", "on", "off"];

const OF_PROJECTS: Readonly<Record<keyof ProjectOptions, Wanted>> = {
  strategy: [isOneOf(STRATEGIES), `one of ${STRATEGIES.join(", ")}`],
  maxExecutions: [isWhole(1), "a whole number of at least 1"],
  maxSeconds: SECONDS_WANTED,
  maxStepSeconds: SECONDS_WANTED,
  seed: [isWhole(0), "a whole number of at least 0"],
  judges: [
    (value) => [value].flat().every((name) => typeof name === "string"),
    "a list of judges' names, or a text in which commas separate them",
  ],
  accesses: [isOneOf(ACCESSES), quotedWords(ACCESSES)],
  report: [isOneOf(REPORT_MODES), quotedWords(REPORT_MODES)],
  reportFolder: [(value) => typeof value === "string" && value !== "", "the path of a folder"],
  coverage: [(value) => typeof value === "boolean", "true or false"],
};

const OF_TESTS: Readonly<Record<keyof ScheduleTestOptions, Wanted>> = {
  ...without(OF_PROJECTS, "reportFolder"),
  cpus: [isWhole(1), "a whole number of at least 1"],
  debug: [isOneOf(["kdebug", "release"]), `"kdebug" or "release"`],
  parameters: [isPlainObject, "an object of parameters"],
  simulation: [isPlainObject, "an object of simulation options"],
  preemptions: [isWhole(0), "a whole number of at least 0"],
  delays: [isWhole(0), "a whole number of at least 0"],
  depth: [isWhole(1), "a whole number of at least 1"],
  replay: [(value) => typeof value === "string", "a schedule, as a failure prints it"],
  timeout: [(value) => typeof value === "number" && value >= 0, "a number of milliseconds"],
  tags: [(value) => typeof value === "string" || Array.isArray(value), "a tag, or a list of tags"],
};

/** @throws InputError that names the first option which is wrong. @param whose "everySchedule", for the message */
export function checkTestOptions(whose: string, options: object): void {
  check(whose, options, OF_TESTS);
  const { simulation, judges } = options as ScheduleTestOptions;
  const wrong = simulation === undefined ? null : wrongSimulation(simulation);
  if (wrong !== null) throw new InputError(`${whose}: "simulation" should be ${wrong}`);
  if (judges !== undefined) chosenJudges(judges);
}

/** @throws InputError that names the first option which is wrong */
export function checkProjectOptions(options: object): void {
  check("provide.lockstep", options, OF_PROJECTS);
  const { judges } = options as ProjectOptions;
  if (judges !== undefined) chosenJudges(judges);
}

function check(whose: string, options: unknown, table: Readonly<Record<string, Wanted>>): void {
  if (!isPlainObject(options)) throw new InputError(`${whose}: the options should be an object, not ${show(options)}`);
  for (const [name, value] of Object.entries(options as object)) {
    const wanted = Object.hasOwn(table, name) ? table[name] : undefined;
    if (wanted === undefined) {
      const known = Object.keys(table);
      throw new InputError(
        `${whose} has no option "${name}"${suggestion(name, known) || ";"} its options are ${known.join(", ")}`,
      );
    }
    const [fits, words] = wanted;
    if (value !== undefined && !fits(value)) {
      throw new InputError(`${whose}: "${name}" should be ${words}, not ${show(value)}`);
    }
  }
}

function without<T extends object, K extends keyof T>(table: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = table;
  return rest;
}

function quotedWords(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(", ");
}

function show(value: unknown): string {
  if (typeof value === "function") return "a function";
  return value === undefined ? "undefined" : (JSON.stringify(value) ?? typeof value);
}
