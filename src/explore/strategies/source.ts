// Dynamic partial-order reduction with source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017,
// algorithm 1; facts: explorer.md, C.2): exactly one complete execution for each trace.
//
// A race's sequence is covered at a node when one of its initials was explored there. That needs no knowledge of steps that have not
// run, but leaves executions that sleep sets cut short. Unlike in the paper the whole sequence waits, not its first thread alone: what the later steps of
// a thread touch depends on where they run, so a later race need not ask for the rest again.

import type { KnownSleeper } from "#explore/dpor/node";
import { isInitial, type WakeupSequence } from "#explore/dpor/sequence";
import { DporWalk } from "#explore/dpor/walk";

export class SourceDpor extends DporWalk {
  readonly name = "source";
  protected readonly wholeSequences = false;

  protected isCovered(sequence: WakeupSequence, sleeper: KnownSleeper): boolean {
    return isInitial(sleeper, sequence);
  }
}
