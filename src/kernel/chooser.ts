// The one seam for choice: which thread goes next, and a value where a scenario or an object asks for one.
//
// The kernel never learns which strategy it is talking to.

import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** What `pickThread` returns to end the execution here, uncounted. */
export const CUT = -1;

/** Answers every question whose answer is not determined by the program. */
export interface Chooser {
  /**
   * Picks one of the first `count` (1 or more) of `candidates`, by its place in them. Called at each point, also
   * when there is no choice, so that a strategy sees every step: `simulation.footprint` is that of the
   * step which has just ended, `simulation.lastThread` its thread.
   * `candidates[0]` is the thread that would carry on, when `carriesOn`: leaving it is a preemption.
   */
  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number;

  /**
   * The index of the thread that goes next, when that is known without looking for candidates: the execution follows a
   * path that was taken before. `pickThread` is then not asked. -1 otherwise.
   */
  knownThread?(): number;

  /** Picks a value in 0 .. count-1 inside a step. */
  pickValue(count: number, why: string, simulation: Simulation): number;

  /** The execution is over; the last step's footprint is complete. */
  ended?(simulation: Simulation): void;
}

/** A chooser that may know the way. */
export type Guide = Chooser & Required<Pick<Chooser, "knownThread">>;

export function knowsWays(chooser: Chooser): chooser is Guide {
  return chooser.knownThread !== undefined;
}

/** Always carries on, and picks the first value: what runs while a scenario is set up or merely run. */
export const firstChooser: Chooser = {
  pickThread: () => 0,
  pickValue: () => 0,
};
