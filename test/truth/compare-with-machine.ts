// Compares the end states of a program on the simulated kernel with those on the abstract machine (model/).
//
// Plain accesses get a point of their own on the kernel too, since within a step they are atomic there. The kernel is
// explored by sleep sets, which are slow and simple, and themselves compared with brute force (compare.ts).

import { explore } from "#explore/explorer";
import { EXECUTIONS_MOST, STATES_MOST } from "./expectations.js";
import { reachable } from "./model/reachable.js";
import { endState, runnable } from "./on-kernel/run.js";
import type { Program } from "./program.js";
import type { Setting } from "./settings.js";

/**
 * The end states that only one of the two reaches, in words; null when there is too much to look at.
 * @param onKernel what the kernel runs: another program only where a test wants to see that this is noticed
 */
export function compareWithMachine(
  program: Program,
  { simulation, kernel }: Setting,
  onKernel: Program = program,
): string[] | null {
  const machine = reachable(program, simulation.wakeups ?? "fifo", STATES_MOST);
  if (machine === null) return null;
  const found = new Set<string>();
  const result = explore(runnable(onKernel, { ...kernel, plainIsPoint: true, pointFirst: true }), {
    strategy: "sleep",
    maxExecutions: EXECUTIONS_MOST,
    simulation: { maxSteps: 400, ...simulation },
    onExecution: (execution) => found.add(endState(execution)),
  });
  if (!result.exhausted) return null;
  return [
    ...[...machine].filter((state) => !found.has(state)).map((state) => `only the machine: ${state}`),
    ...[...found].filter((state) => !machine.has(state)).map((state) => `only the kernel: ${state}`),
  ];
}
