// Loops that were held up: they only wait, so after their first rounds their threads are not chosen before something has changed.

import type { Thread } from "#kernel/thread";

/** A thread's loop, where it was first held up. */
export interface HeldUp {
  /** The thread's object number, and its index in the simulation. */
  readonly number: number;
  readonly index: number;
  /** What a round of it is: the same text for the same round. */
  readonly round: string;
  /** Steps of the simulation until then. */
  readonly step: number;
}

/** The list with this loop, unless it is there already; the list may be the same one. */
export function withHeldUp(list: HeldUp[] | null, { number, index }: Thread, round: string, step: number): HeldUp[] {
  if (list === null) return [{ number, index, round, step }];
  if (!list.some((loop) => loop.index === index && loop.round === round)) list.push({ number, index, round, step });
  return list;
}
