// What the executions of a search leave out of those that a real machine could have, as far as they show it.

import type { Simulation } from "#kernel/simulation";

export interface LeftOut {
  /** A loop that polls or spins was held up until somebody changed something: more rounds of it are left out. */
  readonly heldUp: boolean;
  /** Threads stood aside in the middle of steps, one perhaps because of another: only the later went on first. */
  readonly nestedOnly: boolean;
}

export const NOTHING_LEFT_OUT: LeftOut = { heldUp: false, nestedOnly: false };

/** The same, of one execution more. */
export function leftOutWith(before: LeftOut, { scheduler, nestedOnly }: Simulation): LeftOut {
  const heldUp = (scheduler.heldUp ?? null) !== null;
  if ((before.heldUp || !heldUp) && (before.nestedOnly || !nestedOnly)) return before;
  return { heldUp: before.heldUp || heldUp, nestedOnly: before.nestedOnly || nestedOnly };
}
