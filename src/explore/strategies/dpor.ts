// Dynamic partial-order reduction with wakeup sequences (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017, algorithm 2; facts:
// explorer.md, C.3): exactly one complete execution for each trace.
//
// After each execution its races are found (src/explore/dpor/races.ts). For each, the wakeup sequence v that reverses it
// waits at the node before the race, unless some thread that sleeps there is an initial of v; it is passed on to a child whose step is a
// weak initial of it (src/explore/dpor/walk.ts). Where operations alone conflict, as in the literature's programs, no execution is cut short.
//
// The paper asks for weak initials in both places. That was tried (`isWeakInitial`, with what is known of steps that have not run,
// src/explore/dpor/seen.ts): with locks that are refused, waits that time out and steps that fail it lost traces. So a sequence that only a
// weak initial covers is explored all the same; it may be cut short, and is counted as blocked.

import type { KnownSleeper } from "#explore/dpor/node";
import { isInitial, type WakeupSequence } from "#explore/dpor/sequence";
import { DporWalk } from "#explore/dpor/walk";

export class WakeupDpor extends DporWalk {
  readonly name = "dpor";

  protected isCovered(sequence: WakeupSequence, { thread, footprint, here }: KnownSleeper): boolean {
    return isInitial({ thread, footprint, isWhole: here }, sequence);
  }
}
