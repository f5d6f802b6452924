// Compares the end states of a program on the simulated kernel with those on the abstract machine (model/).
//
// Plain accesses get a point of their own on the kernel too, since within a step they are atomic there; or each cell is touched by one
// thread only, so that it makes no difference when. The kernel is explored by sleep sets, which are slow and simple, and themselves
// compared with brute force (compare.ts).

import { explore } from "#explore/explorer";
import { EXECUTIONS_MOST, STATES_MOST } from "./expectations.js";
import { reachable } from "./model/reachable.js";
import { endState, runnable } from "./on-kernel/run.js";
import type { Op, OpName, Program } from "./program.js";
import type { Setting } from "./settings.js";

/**
 * The end states that only one of the two reaches, in words; null when there is too much to look at.
 * @param onKernel what the kernel runs: another program only where a test wants to see that this is noticed
 * @param plainIsPoint false where a plain access is to belong to the step before it: each cell must then be one thread's own
 */
export function compareWithMachine(
  program: Program,
  { simulation, kernel }: Setting,
  onKernel: Program = program,
  plainIsPoint = true,
): string[] | null {
  const machine = reachable(program, simulation.wakeups ?? "fifo", STATES_MOST);
  if (machine === null) return null;
  const found = new Set<string>();
  const result = explore(runnable(onKernel, { ...kernel, plainIsPoint, pointFirst: true }), {
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

/** Operations on a cell, which the machine knows. */
const ON_CELLS: ReadonlySet<OpName> = new Set<OpName>(["get", "set", "increment", "copy", "if-cell", "assert"]);

/** Operations on cells whose threads nobody chooses. */
const ON_ANY_CELL: ReadonlySet<OpName> = new Set<OpName>(["poll", "wait-while", "set-and-notify", "resume-extra"]);

/** The program, with the first two threads' plain accesses on a cell of their own, and without the others. */
export function withOwnCells({ units, threads }: Program): Program {
  return { units, threads: threads.map((ops, place) => ownCells(ops, place < 2 ? place : null)) };
}

function ownCells(ops: readonly Op[], cell: number | null): Op[] {
  return ops.flatMap((op) => {
    const body = op.body === undefined ? {} : { body: ownCells(op.body, op.name.startsWith("spawn") ? null : cell) };
    if (ON_ANY_CELL.has(op.name)) return [];
    if (!ON_CELLS.has(op.name)) return [{ ...op, ...body }];
    return cell === null ? [] : [{ ...op, ...body, name: op.name === "copy" ? "get" : op.name, on: cell }];
  });
}
