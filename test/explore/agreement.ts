// Two ways to explore, compared by the end states that they reach, on seeded random programs; one on which they differ is shrunk and told.
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { expect } from "vitest";
import { Prng } from "#base/prng";
import { explore, type ExploreOptions } from "#explore/explorer";
import type { KernelOptions } from "#kernel/kernel-options";
import type { SimulationOptions } from "#kernel/options";
import { endState, runnable, smaller, type RandomProgram } from "./random-programs.js";

export const TIMES = Number(process.env["LOCKSTEP_FUZZ"] ?? 1);
export const SEED = Number(process.env["LOCKSTEP_FUZZ_SEED"] ?? 1);

export type Way = Pick<ExploreOptions, "strategy"> & {
  readonly simulation?: Partial<SimulationOptions>;
  readonly kernel?: KernelOptions & { readonly pointFirst?: boolean };
};

/** Beyond these a program is not compared. */
export interface Limits {
  readonly executions: number;
  /** Of one execution; default as for every search. */
  readonly steps?: number;
}

/** Every end state; null when there are too many executions to see them all. */
export function endStates(program: RandomProgram, way: Way, limits: Limits): Set<string> | null {
  const states = new Set<string>();
  const { exhausted } = explore(runnable(program, way.kernel), {
    ...(way.strategy === undefined ? {} : { strategy: way.strategy }),
    maxExecutions: limits.executions,
    simulation: { ...(limits.steps === undefined ? {} : { maxSteps: limits.steps }), ...way.simulation },
    onExecution: (execution) => states.add(endState(execution)),
  });
  return exhausted ? states : null;
}

/** What one way reaches and the other does not: empty when they agree, null when they cannot be compared. */
export function difference(program: RandomProgram, one: Way, other: Way, limits: Limits): string[] | null {
  const left = endStates(program, one, limits);
  const right = left === null ? null : endStates(program, other, limits);
  if (left === null || right === null) return null;
  const lost = [...right].filter((state) => !left.has(state)).map((state) => `only the second way: ${state}`);
  return [...lost, ...[...left].filter((state) => !right.has(state)).map((state) => `only the first way: ${state}`)];
}

function shrunk(program: RandomProgram, one: Way, other: Way, limits: Limits): RandomProgram {
  for (const less of smaller(program)) {
    if ((difference(less, one, other, limits) ?? []).length > 0) return shrunk(less, one, other, limits);
  }
  return program;
}

/** Compares the two ways on `count` programs; gives how many could be compared. */
export function agree(
  draw: (prng: Prng) => RandomProgram,
  count: number,
  one: Way,
  other: Way,
  limits: Limits,
): number {
  const prng = new Prng(SEED);
  let compared = 0;
  for (let i = 0; i < count * TIMES; i++) {
    const program = draw(prng);
    const states = difference(program, one, other, limits);
    if (states === null) continue;
    compared++;
    if (states.length === 0) continue;
    const least = shrunk(program, one, other, limits);
    expect.fail(`${JSON.stringify(least)}\n${(difference(least, one, other, limits) ?? []).join("\n")}`);
  }
  return compared;
}
