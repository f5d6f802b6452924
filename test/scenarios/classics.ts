// The programs of the literature as tests see them: by name and parameters, explored as the command does.

import type { Execution, Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import type { SimulationOptions } from "#kernel/options";
import { compile, simulationOf } from "#scenario/compile";
import type { ParameterValues, Scenario } from "#scenario/types";
import { CLASSIC, loadShipped, type ClassicName } from "#cli/shipped";

/** All of them, by what comes after "classic/". */
export const CLASSICS: ReadonlyMap<string, Scenario> = new Map(
  await Promise.all(CLASSIC.map(async (name) => [name.replace("classic/", ""), await loadShipped(name)] as const)),
);

export type Name = ClassicName extends `classic/${infer Word}` ? Word : never;

/** One of them with its parameters. */
export interface Case {
  readonly program: Program;
  readonly simulation: Partial<SimulationOptions>;
}

export function classicCase(name: Name, parameters: ParameterValues = {}): Case {
  const scenario = CLASSICS.get(name);
  if (scenario === undefined) throw new Error(`there is no ${name}`);
  return { program: compile(scenario, { parameters }), simulation: simulationOf(scenario, parameters) };
}

/** Explores it, and counts the executions that failed. */
export function search(
  { program, simulation }: Case,
  options: ExploreOptions,
): ExploreResult & { readonly failing: number } {
  let failing = 0;
  const onExecution = ({ outcome }: Execution): void => {
    if (outcome.kind !== "finished") failing++;
  };
  return { ...explore(program, { ...options, simulation, onExecution }), failing };
}

/** `dining n=3 order=own`. */
export function title(name: Name, parameters: ParameterValues): string {
  return [name, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join(" ");
}

/** What makes a program with a defect a correct one. */
const CORRECTED: Readonly<Partial<Record<Name, ParameterValues>>> = {
  dining: { order: "lowest" },
  deadlock01: { order: "same" },
  buffer: { conditions: 2 },
  "treiber-stack": { memory: "tagged" },
};

/** The parameters with which it is correct; null when it is so by itself. */
export function corrected(name: Name): ParameterValues | null {
  const known = CORRECTED[name];
  if (known !== undefined) return known;
  return "fixed" in (CLASSICS.get(name)?.definition.parameters ?? {}) ? { fixed: true } : null;
}

export const NAMES: readonly Name[] = [...CLASSICS.keys()] as Name[];
