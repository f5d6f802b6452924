// The numbers of threads and objects: a function of who makes them, and of how many he made before, so that equivalent
// executions agree.

import { assert, UsageError } from "#base/assert";
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
  // TypeScript forbids it; what is written in JavaScript comes here with a string that has no simulation.
  if ((simulation as Simulation | undefined) === undefined) {
    throw new UsageError('the first argument is the kernel, as in new Mutex(kernel, "name")');
  }
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

/**
 * Makes something when it is first wanted, as if it were made now, while a host boots: its objects have the numbers that they would
 * have had. So what most executions never touch costs them nothing.
 * @param count how many kernel objects `make` makes
 * @param make must touch nothing but what it makes: nobody can tell when it was called
 */
export function whenWanted<T>(simulation: Simulation, count: number, make: () => T): () => T {
  const before = simulation.rootObjects;
  simulation.rootObjects += count;
  let made: T | null = null;
  return () => (made ??= madeAsAt(simulation, before, count, make));
}

function madeAsAt<T>(simulation: Simulation, before: number, count: number, make: () => T): T {
  const { current, rootObjects } = simulation;
  simulation.current = null;
  simulation.rootObjects = before;
  const made = make();
  assert(simulation.rootObjects === before + count, `making it takes ${count} numbers`);
  simulation.current = current;
  simulation.rootObjects = rootObjects;
  return made;
}
