// Accesses to plain data that nobody can tell from the engine's own: fields of structs and shared values when nothing is recorded of them.

import type { Simulation } from "#kernel/simulation";

/**
 * Whether, in all of this execution, an access to plain data is nothing but itself: in measured time, where no footprints are kept, nobody
 * watches, and nothing is marked. Asked when an object is made, so that it need not be asked at each access.
 */
export function accessesArePlain(simulation: Simulation): boolean {
  const { footprint, recorder, hasMarks, allUnlocksArePoints } = simulation;
  return !footprint.isKept && recorder === null && !hasMarks && !allUnlocksArePoints;
}
