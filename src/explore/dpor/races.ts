// The races of one execution, and for each the sequence that reverses it.
//
// A race is a pair of steps of different threads that conflict, with nothing between them that orders them
// (facts: explorer.md, C.2 to C.4). What blocks needs care:
//   - a blocking step b that conflicts with a step i on its own object could not have run before i if the object was
//     not to be had there. The race is then with the step k that took the object: the latest one before
//     which it could have been had. What happens after k, the rest of k's critical section, drops out;
//   - threads that are still blocked at the end have an operation that never ran: it races in the same way;
//   - a wait with a deadline that was ended by a wake-up could have timed out instead, before that step;
//   - a step that ended the execution disabled every other thread: each of them could have gone before it.

import { allows, canBlock } from "#kernel/blocking";
import { conflicts, EVERYTHING, type Codes } from "#kernel/footprint";
import { HappensBefore } from "#explore/dpor/happens-before";
import type { BlockedOperation, ThreadNode } from "#explore/dpor/node";
import type { SequenceEvent } from "#explore/dpor/sequence";

/** A sequence of which some execution is to begin at the node at `place` of the path. */
export interface Reversal {
  readonly place: number;
  readonly sequence: readonly SequenceEvent[];
}

/** A step, or an operation that never became one. */
interface Later extends BlockedOperation {
  readonly footprint: Codes;
  /** Its place in the path; for an operation that never ran, the place behind which it no longer could. */
  readonly place: number;
  readonly never: boolean;
  /** The steps that come before it in any case: its thread's own, and who woke or started that. */
  readonly others: readonly number[];
}

/** Finds the reversals of all races whose later step is at `from` or after it, or never ran. */
export function findReversals(
  path: readonly ThreadNode[],
  blocked: readonly BlockedOperation[],
  threads: number,
  from: number,
): Reversal[] {
  return new Races(path, threads).find(blocked, from);
}

class Races {
  readonly #path: readonly ThreadNode[];
  readonly #order: HappensBefore;
  readonly #reversals: Reversal[] = [];

  constructor(path: readonly ThreadNode[], threads: number) {
    this.#path = path;
    this.#order = new HappensBefore(path, threads);
  }

  find(blocked: readonly BlockedOperation[], from: number): Reversal[] {
    for (let place = from; place < this.#path.length; place++) {
      const node = this.#at(place);
      const footprint = node.failed ? EVERYTHING : node.footprint;
      this.#racesOf(
        { ...node, place, footprint, never: false, others: this.#order.othersBefore(place) },
        this.#order.predecessors[place] ?? [],
      );
      this.#timeOutsBefore(place);
      if (node.failed) this.#othersBefore(place);
      for (const operation of node.refused) this.#racesOf(this.#neverRan(operation, place + 1), [place]);
    }
    for (const operation of blocked) {
      const step = this.#neverRan(operation, this.#path.length);
      this.#racesOf(step, this.#order.conflictingAtEnd(step.footprint));
    }
    return this.#reversals;
  }

  #neverRan(operation: BlockedOperation, place: number): Later {
    const last = this.#order.lastStepBefore(operation.thread, place);
    const others = last >= 0 ? [last] : [];
    return { ...operation, footprint: [operation.object * 2 + 1], place, never: true, others };
  }

  #racesOf(step: Later, candidates: readonly number[]): void {
    for (const earlier of candidates) {
      if (this.#at(earlier).thread === step.thread || !this.#isImmediate(earlier, step, candidates)) continue;
      const partner = this.#reversible(earlier, step);
      if (partner >= 0) this.#reversals.push({ place: partner, sequence: this.#sequence(partner, step) });
    }
  }

  // Nothing lies between the two: no other direct predecessor of the later step comes after the earlier.
  #isImmediate(earlier: number, step: Later, candidates: readonly number[]): boolean {
    const after = (each: number): boolean => each !== earlier && this.#order.ordered(earlier, each);
    return !candidates.some(after) && !step.others.some((each) => each === earlier || after(each));
  }

  // The step before which the later one could have run; -1 when there is none.
  #reversible(earlier: number, step: Later): number {
    if (!canBlock(step.operation) || !this.#at(earlier).taken.has(step.object)) return earlier;
    for (let place = earlier; place >= 0; place--) {
      const availability = this.#at(place).taken.get(step.object);
      if (availability === undefined || !allows(step.operation, availability, step.need)) continue;
      return this.#at(place).thread === step.thread || this.#orderedByOthers(place, step) ? -1 : place;
    }
    return -1;
  }

  // Whether the later step's thread had to wait for the earlier step in any case.
  #orderedByOthers(earlier: number, step: Later): boolean {
    return step.others.some((each) => this.#order.ordered(earlier, each));
  }

  // What does not happen after the earlier step, then the later one.
  #sequence(earlier: number, step: Later): SequenceEvent[] {
    const places: number[] = [];
    for (let place = earlier + 1; place < step.place; place++) {
      if (!this.#order.ordered(earlier, place)) places.push(place);
    }
    const events = places.map((place, index): SequenceEvent => {
      const node = this.#at(place);
      const after = places.slice(0, index).flatMap((other, at) => (this.#order.ordered(other, place) ? [at] : []));
      return { thread: node.thread, footprint: node.footprint, uncertain: false, after };
    });
    const after = places.flatMap((other, at) => (this.#isBefore(other, step) ? [at] : []));
    return [
      ...events,
      { thread: step.thread, footprint: step.footprint, uncertain: step.footprint.length !== 1 || step.never, after },
    ];
  }

  #isBefore(place: number, step: Later): boolean {
    if (step.others.some((each) => this.#order.ordered(place, each))) return true;
    return conflicts(this.#at(place).footprint, step.footprint);
  }

  #timeOutsBefore(place: number): void {
    const node = this.#at(place);
    for (const woken of node.woken) {
      if (woken.hadDeadline && woken.thread !== node.thread) this.#goesFirst(place, woken.thread);
    }
  }

  #othersBefore(place: number): void {
    const node = this.#at(place);
    for (const thread of node.candidates) if (thread !== node.thread) this.#goesFirst(place, thread);
  }

  #goesFirst(place: number, thread: number): void {
    if (!this.#at(place).candidates.includes(thread)) return;
    this.#reversals.push({ place, sequence: [{ thread, footprint: EVERYTHING, uncertain: true, after: [] }] });
  }

  #at(place: number): ThreadNode {
    const node = this.#path[place];
    if (node === undefined) throw new RangeError(`no step at ${place}`);
    return node;
  }
}
