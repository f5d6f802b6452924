// A schedule: the list of choices of one execution and what it belongs to, as a printable, versioned value.
//
// Text form: fields joined with ":"; numbers as they are, names percent-encoded; the choices as runs
// `enabled.choice` or `enabled.choicexN`, joined with "-". Nothing in it needs quoting in a shell.

import { InputError } from "#base/assert";

/** The form of token that this version writes and reads. */
export const SCHEDULE_VERSION = 1;

/** One choice: which of how many. */
export interface Choice {
  readonly count: number;
  readonly value: number;
}

export interface Schedule {
  /** A shipped scenario's name, or a file's path. */
  readonly scenario: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly cpus: number;
  readonly debug: "kdebug" | "release";
  readonly time: "adversarial" | "measured";
  /** Objects whose unlocks are points, data before whose accesses there are points (SimulationOptions). */
  readonly marks: readonly number[];
  readonly choices: readonly Choice[];
}

/** The schedule as one word. */
export function formatSchedule(schedule: Schedule): string {
  const parameters = Object.entries(schedule.parameters).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [
    `ls${SCHEDULE_VERSION}`,
    encode(schedule.scenario),
    schedule.cpus,
    schedule.debug,
    schedule.time,
    parameters.join(","),
    schedule.marks.join(","),
    formatChoices(schedule.choices),
  ].join(":");
}

/** @throws InputError when the text is no schedule of this version; the message says where and why */
export function parseSchedule(text: string): Schedule {
  const fields = text.trim().split(":");
  const version = /^ls(\d+)$/.exec(fields[0] ?? "")?.[1];
  if (version === undefined)
    throw new InputError(
      `not a schedule: it should begin with "ls${SCHEDULE_VERSION}:", this begins with "${text.slice(0, 12)}"`,
    );
  if (Number(version) !== SCHEDULE_VERSION) {
    throw new InputError(
      `a schedule of version ${version}; this Lockstep reads version ${SCHEDULE_VERSION}. Explore again to get one that fits`,
    );
  }
  if (fields.length !== 8)
    throw new InputError(`a schedule has 8 fields joined with ":", this has ${fields.length}: was it cut off?`);
  const [, scenario = "", cpus = "", debug = "", time = "", parameters = "", marks = "", choices = ""] = fields;
  return {
    scenario: parseScenario(scenario),
    cpus: wholeNumber(cpus, "the number of CPUs (field 3)", 1),
    debug: oneOf(debug, ["kdebug", "release"], "the build (field 4)"),
    time: oneOf(time, ["adversarial", "measured"], "the time model (field 5)"),
    parameters: parseParameters(parameters),
    marks: marks === "" ? [] : marks.split(",").map((mark) => wholeNumber(mark, "a marked object (field 7)")),
    choices: parseChoices(choices),
  };
}

/** Choices as runs: `3.0x12-3.1-2.0`. */
export function formatChoices(choices: readonly Choice[]): string {
  const runs: string[] = [];
  for (let i = 0; i < choices.length;) {
    const choice = choices[i];
    let length = 1;
    while (choices[i + length]?.count === choice?.count && choices[i + length]?.value === choice?.value) length++;
    runs.push(`${choice?.count}.${choice?.value}${length > 1 ? `x${length}` : ""}`);
    i += length;
  }
  return runs.join("-");
}

function parseChoices(text: string): Choice[] {
  if (text === "") return [];
  const choices: Choice[] = [];
  for (const [place, run] of text.split("-").entries()) {
    const match = /^(\d+)\.(\d+)(?:x(\d+))?$/.exec(run);
    const count = Number(match?.[1]);
    const value = Number(match?.[2]);
    const length = Number(match?.[3] ?? 1);
    if (match === null || value >= count || length < 1 || length > 1_000_000 || choices.length + length > 10_000_000) {
      throw new InputError(
        `run ${place + 1} of the schedule's choices, "${run.slice(0, 40)}", should be ENABLED.CHOICE or ENABLED.CHOICExTIMES: CHOICE below ENABLED, TIMES from 1 to 1,000,000`,
      );
    }
    for (let i = 0; i < length; i++) choices.push({ count, value });
  }
  return choices;
}

function parseParameters(text: string): Record<string, string> {
  if (text === "") return {};
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw new InputError(`a parameter (field 6) should be NAME=VALUE, this is "${pair}"`);
      return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    }),
  );
}

function parseScenario(text: string): string {
  if (text === "")
    throw new InputError("the scenario (field 2) of the schedule should be a name or a file, it is empty");
  return decode(text);
}

function wholeNumber(text: string, what: string, least = 0): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number >= least) return number;
  const range = least > 0 ? ` of at least ${least}` : "";
  throw new InputError(`${what} of the schedule should be a whole number${range}, it is "${text.slice(0, 20)}"`);
}

function oneOf<T extends string>(text: string, allowed: readonly T[], what: string): T {
  const found = allowed.find((each) => each === text);
  if (found === undefined)
    throw new InputError(`${what} of the schedule should be ${allowed.join(" or ")}, it is "${text.slice(0, 20)}"`);
  return found;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError(`the schedule holds a broken escape: "${text.slice(0, 40)}"`);
  }
}
