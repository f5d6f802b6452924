// Checks random programs: one that differs is shrunk by fast-check and printed as a listing, with how to see it again.

import fc from "fast-check";
import { expect } from "vitest";
import { COMPARED_LEAST, SEED } from "./expectations.js";
import { listing, type Program } from "./program.js";
import { SETTINGS, type Setting, type SettingName } from "./settings.js";

/** A program, and where it runs. */
export interface Case {
  readonly program: Program;
  readonly setting: SettingName;
}

/** Says where two ways differ; null when that cannot be known, because there is too much to look at. */
export type Differ = (program: Program, setting: Setting) => string[] | null;

/** How many programs were looked at, and how many of them were small enough. */
export interface Tally {
  all: number;
  compared: number;
}

/** Compares on `runs` programs. Throws with the smallest that differs, and where it does. */
export function check(
  programs: fc.Arbitrary<Program>,
  settings: readonly SettingName[],
  runs: number,
  differ: Differ,
  tally: Tally = { all: 0, compared: 0 },
): void {
  const cases = fc.record({ program: programs, setting: fc.constantFrom(...settings) });
  const agrees = ({ program, setting }: Case): boolean => {
    tally.all++;
    const found = differ(program, SETTINGS[setting]);
    if (found !== null) tally.compared++;
    return found === null || found.length === 0;
  };
  const { counterexample } = fc.check(fc.property(cases, agrees), { numRuns: runs, seed: SEED });
  const [least] = counterexample ?? [];
  if (least !== undefined) expect.fail(report(least, differ));
}

/** Throws when too few programs were small enough to be compared: the check would say too little. */
export function expectMostCompared({ all, compared }: Tally): void {
  if (all === 0) return; // other tests were asked for
  expect(compared / all, `${compared} of ${all} programs were compared`).toBeGreaterThanOrEqual(COMPARED_LEAST);
}

function report({ program, setting }: Case, differ: Differ): string {
  return [
    `setting: ${setting}`,
    listing(program),
    ...found(program, setting, differ),
    `as data: ${JSON.stringify(program)}`,
    `seen with LOCKSTEP_TRUTH_SEED=${SEED}`,
  ].join("\n");
}

function found(program: Program, setting: SettingName, differ: Differ): string[] {
  try {
    return (differ(program, SETTINGS[setting]) ?? []).map((text) => `- ${text}`);
  } catch (error) {
    return [`- ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
}
