// A sequence that reverses a race: what does not happen after the earlier step, then the later one
// (facts: explorer.md, C.2).

import type { Codes } from "#kernel/footprint";

/** One event of a sequence. */
export interface SequenceEvent {
  readonly thread: number;
  /** The footprint it had where it ran. */
  readonly footprint: Codes;
  /**
   * It ran in another order, or never: in its new place it may touch other things, so it counts as conflicting with
   * everything before it.
   */
  readonly uncertain: boolean;
  /** Places, in the sequence, of earlier events that happen before it. */
  readonly after: readonly number[];
}

/** The threads that can go first in the sequence, in its order: those whose first event has nothing before it. */
export function initialsOf(sequence: readonly SequenceEvent[]): number[] {
  const seen = new Set<number>();
  const initials: number[] = [];
  sequence.forEach((event, place) => {
    if (seen.has(event.thread)) return;
    seen.add(event.thread);
    if (event.uncertain ? place === 0 : event.after.length === 0) initials.push(event.thread);
  });
  return initials;
}
