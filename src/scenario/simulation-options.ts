// The `simulation` of a scenario: how the explored universe behaves where that is not as usual, as plain data, checked.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { SimulationOptions } from "#kernel/options";

/** Each option, and what it must be; `marks` are found during exploring and no scenario's business. */
const OPTIONS: Readonly<Record<keyof SimulationOptions, readonly [test: (value: unknown) => boolean, wanted: string]>> =
  {
    pointsBefore: [(value) => value === "operations" || value === "every", `"operations" or "every"`],
    startIsStep: [(value) => typeof value === "boolean", "true or false"],
    wakeups: [(value) => value === "fifo" || value === "any", `"fifo" or "any"`],
    spuriousWakeups: [isCount, "a whole number of at least 0"],
    allocationFailures: [isCount, "a whole number of at least 0"],
    freeRounds: [isCount, "a whole number of at least 0"],
    maxSteps: [(value) => isCount(value) && value !== 0, "a whole number of at least 1"],
    marks: [(value) => value instanceof Set, "a set of object numbers"],
  };

/** What `value` should be, if it is no simulation options; null when it is. */
export function wrongSimulation(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "an object of simulation options";
  const known = Object.keys(OPTIONS).filter((name) => name !== "marks");
  for (const [name, given] of Object.entries(value)) {
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof SimulationOptions] : undefined;
    if (option === undefined) {
      return `simulation options (${known.join(", ")}), and "${name}" is none of them${suggestion(name, known)}`;
    }
    const [test, wanted] = option;
    if (given !== undefined && !test(given))
      return `simulation options, of which "${name}" is ${wanted}, not ${show(given)}`;
  }
  return null;
}

/** @throws InputError when what a scenario's function gave are no simulation options */
export function checkedSimulation(value: Partial<SimulationOptions>, scenario: string): Partial<SimulationOptions> {
  const wanted = wrongSimulation(value);
  if (wanted !== null) throw new InputError(`the scenario "${scenario}": "simulation" should give ${wanted}`);
  return value;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

function show(value: unknown): string {
  return typeof value === "object" || typeof value === "function"
    ? `a ${typeof value}`
    : (JSON.stringify(value) ?? "nothing");
}
