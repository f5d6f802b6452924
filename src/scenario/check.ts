// Checking that what a module exports is a scenario: a user's file is input from outside, whatever its types say.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { OUTCOMES } from "#kernel/outcome";
import { wrongSimulation } from "#scenario/simulation-options";
import type { Scenario } from "#scenario/types";

/** All fields that a scenario's definition may have, and what each must be. */
const FIELDS: Readonly<Record<string, (value: unknown) => string | null>> = {
  about: (value) => (typeof value === "string" ? null : "a string"),
  drivers: (value) =>
    Array.isArray(value) && value.every(isDriver) ? null : "a list of drivers, as defineDriver makes them",
  hosts: (value) =>
    typeof value === "function" || (isObject(value) && Object.values(value).every(isObject))
      ? null
      : "hosts by name, each an object of options",
  links: (value) =>
    Array.isArray(value) && value.every((each) => isObject(each) && Array.isArray(each.ends))
      ? null
      : "a list of links, each { ends: [{ host, interface, address }, ...] }",
  parameters: wrongParameters,
  expect: wrongExpectation,
  bounds: (value) =>
    isObject(value) && Number.isInteger(value.maxExecutions) && Number(value.maxExecutions) >= 1
      ? null
      : "{ strategy, maxExecutions }, the latter a whole number of at least 1",
  cpus: (value) => (Number.isInteger(value) && Number(value) >= 1 ? null : "a whole number of at least 1"),
  debug: (value) => (value === "kdebug" || value === "release" ? null : `"kdebug" or "release"`),
  era: (value) => (value === "aug23" || value === "head" ? null : `"aug23" or "head"`),
  heap: (value) => (value === "faithful" || value === "guarded" ? null : `"faithful" or "guarded"`),
  costs: (value) => (isObject(value) ? null : "an object of costs, as DEFAULT_COSTS"),
  simulation: (value) => (typeof value === "function" ? null : wrongSimulation(value)),
  runSteps: (value) =>
    typeof value === "function" || (Number.isInteger(value) && Number(value) >= 1)
      ? null
      : "a whole number of at least 1",
  setup: wrongBody,
  run: wrongBody,
};

/**
 * `value` as a scenario.
 * @throws InputError that says what is wrong with it
 */
export function checkScenario(value: unknown): Scenario {
  if (!isObject(value))
    throw new InputError(`it is ${describe(value)}, no scenario: export what scenario("name", { ... }) gives`);
  const { name, definition } = value;
  if (typeof name !== "string" || !isObject(definition)) {
    throw new InputError(`it is an object, but no scenario: export what scenario("name", { ... }) gives`);
  }
  if (name === "") throw new InputError("the scenario's name is empty");
  checkDefinition(definition, name);
  return value as unknown as Scenario;
}

/** @throws InputError that names the first field which is wrong */
export function checkDefinition(definition: object, name: string): void {
  const known = Object.keys(FIELDS);
  for (const [field, value] of Object.entries(definition)) {
    const wrong = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (wrong === undefined) {
      throw new InputError(
        `the scenario "${name}" has a field "${field}", which means nothing here${suggestion(field, known)}`,
      );
    }
    const wanted = value === undefined ? null : wrong(value);
    if (wanted !== null)
      throw new InputError(`the scenario "${name}": "${field}" should be ${wanted}; ${given(field, value)}`);
  }
  if (!("run" in definition) || definition.run === undefined)
    throw new InputError(`the scenario "${name}" has no "run": the generator function that is explored`);
}

function wrongBody(value: unknown): string | null {
  const isAsync = Object.prototype.toString.call(value).startsWith("[object Async");
  return typeof value === "function" && !isAsync ? null : "a generator function: *run(context) { ... }";
}

function wrongParameters(value: unknown): string | null {
  const isParameter = (each: unknown): boolean =>
    isObject(each) && ["number", "string", "boolean"].includes(typeof each.default) && typeof each.about === "string";
  const fits = isObject(value) && Object.values(value).every(isParameter);
  return fits ? null : `parameters by name, each { default: a number, string or boolean, about: "..." }`;
}

function wrongExpectation(value: unknown): string | null {
  const fits = isObject(value) && wrongOutcome(value) === undefined;
  return fits ? null : `{ run, explore }, each one of ${OUTCOMES.join(", ")}`;
}

function wrongOutcome(expectation: Record<string, unknown>): string | undefined {
  return ["run", "explore"].find((field) => !OUTCOMES.some((kind) => kind === expectation[field]));
}

// What is there in place of what is wanted: for outcomes, the one that is wrong.
function given(field: string, value: unknown): string {
  const wrong = field === "expect" && isObject(value) ? wrongOutcome(value) : undefined;
  if (wrong === undefined || !isObject(value)) return `it is ${describe(value)}`;
  const nearest = typeof value[wrong] === "string" ? suggestion(value[wrong], OUTCOMES) : "";
  return `"${wrong}" is ${describe(value[wrong])}${nearest}`;
}

function isDriver(value: unknown): boolean {
  return isObject(value) && typeof value.name === "string" && typeof value.load === "function";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (typeof value === "object") return "an object";
  return `the ${typeof value} ${JSON.stringify(value)}`;
}
