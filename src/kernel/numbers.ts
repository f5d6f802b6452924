// The numbers of threads and objects: a function of who makes them, and of how many he made before, so that equivalent
// executions agree.

import type { Simulation } from "#kernel/simulation";

/** The id of a thread that the running one makes. */
export function newThreadId(simulation: Simulation): number {
  const parent = simulation.current;
  if (parent === null) {
    const count = ++simulation.rootThreads;
    return count < 100 ? count : 1_000_000_000 + count;
  }
  parent.childCount++;
  return parent.childCount < 100 ? parent.id * 100 + parent.childCount : parent.id * 1_000_000 + parent.childCount;
}

export function newObjectNumber(simulation: Simulation): number {
  const maker = simulation.current;
  return maker === null ? ++simulation.rootObjects : maker.id * 0x10000 + ++maker.objectCount;
}

/** The first of `count` numbers in a row. */
export function newObjectNumbers(simulation: Simulation, count: number): number {
  const first = newObjectNumber(simulation);
  if (simulation.current === null) simulation.rootObjects += count;
  else simulation.current.objectCount += count;
  return first;
}
