// Executions of which nothing is noted: in measured time, where no footprints are kept, nobody watches, and nothing is marked. What threads do
// there is nothing but itself: accesses to plain data are the engine's own, and the commonest operations need not be told to anybody.

import type { KernelObject } from "#kernel/kernel-object";
import type { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** Whether this is such an execution, from its beginning to its end: what Simulation.isPlain says. */
export function accessesArePlain(simulation: Simulation): boolean {
  const { footprint, recorder, hasMarks, allUnlocksArePoints, options } = simulation;
  return !footprint.isKept && recorder === null && !hasMarks && !allUnlocksArePoints && options.startIsStep;
}

/**
 * In such an execution: the running thread takes its next step at once, an operation on `object`, which is for the caller to carry out. It
 * is what Simulation.operate comes to when nobody else goes first. Null, and nothing has happened, where more is to be asked: then
 * `operate` asks it.
 * @throws UsageError when the thread's last operation was not awaited
 */
export function takesStep(simulation: Simulation, kind: OperationKind, object: KernelObject): Thread | null {
  const thread = simulation.current;
  if (thread === null || simulation.closed || thread.interruptsOff || simulation.steps >= simulation.stepsMost)
    return null;
  thread.iterator.checkAwaited();
  if (simulation.scheduler.goesOn?.(thread) !== true) return null;
  thread.pendingKind = kind;
  thread.pendingObject = object;
  simulation.lastThread = thread;
  simulation.steps++;
  return thread;
}
