// Dynamic partial-order reduction with wakeup sequences (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017, algorithm 2; facts:
// explorer.md, C.3): exactly one complete execution for each trace.
//
// After each execution its races are found (src/explore/dpor/races.ts). For each, the wakeup sequence v that reverses it, with all of
// the execution that does not happen after the earlier step, waits at the node before the race, unless a thread that sleeps there is a weak initial of v; it is passed on to a child whose step is a
// weak initial of it (src/explore/dpor/walk.ts). What a step touches that has not run yet in that place is known from where it did
// (src/explore/dpor/seen.ts). Where that leaves a question open, only an initial covers the sequence: nothing is lost, but an
// execution may be cut short, and is counted as blocked.

import type { KnownSleeper } from "#explore/dpor/node";
import type { Place } from "#explore/dpor/seen";
import { isInitial, isWeakInitial, type WakeupSequence } from "#explore/dpor/sequence";
import { DporWalk } from "#explore/dpor/walk";

export class WakeupDpor extends DporWalk {
  readonly name = "dpor";
  protected readonly wholeSequences = true;

  protected isCovered(sequence: WakeupSequence, sleeper: KnownSleeper, place: Place): boolean {
    const answer = sleeper.isWhole ? isWeakInitial(sleeper, sequence, this.seen, place) : "unknown";
    return answer === "unknown" ? isInitial(sleeper, sequence) : answer === "yes";
  }
}
