// The races of one execution, and for each the sequence that reverses it.
//
// A race is a pair of steps of different threads that conflict, with nothing between them that orders them
// (facts: explorer.md, C.2 to C.4). What blocks needs care:
//   - a blocking step b that conflicts with a step i on its own object could not have run before i if the object was
//     not to be had there. The race is then with the step k that took the object: the latest one before
//     which it could have been had. What happens after k, the rest of k's critical section, drops out;
//   - threads that are still blocked at the end have an operation that never ran: it races in the same way;
//   - a poller that was held up goes on because of a change: with that one it is in no race, unless another would have freed it;
//   - a wait with a deadline that was ended by a wake-up could have timed out instead, before that step;
//   - a step that ended the execution disabled every other thread: each of them could have gone before it.

import { allows, canBlock } from "#kernel/blocking";
import { EVERYTHING, objectOf, type Codes } from "#kernel/footprint";
import type { HappensBefore } from "#explore/dpor/happens-before";
import { availabilityBefore, NONE, type BlockedOperation, type ThreadNode } from "#explore/dpor/node";
import { mixed } from "#explore/dpor/seen";
import { unknownEvent, type WakeupEvent, type WakeupSequence } from "#explore/dpor/sequence";

const NO_VALUES: readonly number[] = [];

/** Told of each race: an execution that reverses it begins with the sequence, from the node at this place of the path. */
export type OnRace = (place: number, sequence: WakeupSequence) => void;

/** A step, or an operation that never became one. */
interface Later extends BlockedOperation {
  readonly footprint: Codes;
  /** What it touched, in the order of first use; nothing where that depends on a value that was chosen in it. */
  readonly touched: Codes;
  /** Its place in the path; for an operation that never ran, the place behind which it no longer could. */
  readonly place: number;
  /** The steps that come before it in any case: its thread's own, and who woke or started that. */
  readonly others: readonly number[];
  /** For the wake of a poller that had been held up: what it watches. */
  readonly awaits: readonly number[];
}

/** What a sequence says of the later step of its race. */
type LaterStep = Pick<Later, "thread" | "pending" | "place" | "touched">;

/**
 * Finds the races of the execution along `path`. Those that the first thread of their sequence covers, because it sleeps, are not told of.
 * @param fresh the first place whose step is new. With an older later step only races that may need another sequence are
 * looked at again
 * @param isWhole whether a sequence holds all of the execution that does not happen after the earlier step, or only what lies
 * between the two steps: then an older race needs no other
 */
export function findRaces(
  path: readonly ThreadNode[],
  order: HappensBefore,
  blocked: readonly BlockedOperation[],
  fresh: number,
  isWhole: boolean,
  onRace: OnRace,
): void {
  new Races(path, order, isWhole, onRace).find(blocked, fresh);
}

class Races {
  readonly #path: readonly ThreadNode[];
  readonly #order: HappensBefore;
  readonly #isWhole: boolean;
  readonly #onRace: OnRace;
  /** Whether the sequences of all races that were looked at are covered, and stay so. */
  #areSettled = true;

  constructor(path: readonly ThreadNode[], order: HappensBefore, isWhole: boolean, onRace: OnRace) {
    this.#path = path;
    this.#order = order;
    this.#isWhole = isWhole;
    this.#onRace = onRace;
  }

  find(blocked: readonly BlockedOperation[], fresh: number): void {
    for (let place = this.#isWhole ? 0 : fresh; place < this.#path.length; place++) {
      const node = this.#at(place);
      if (place < fresh && node.isSettled) continue;
      this.#areSettled = true;
      this.#racesAt(node, place);
      node.isSettled = this.#areSettled;
    }
    for (let waker = 0; waker < this.#path.length; waker++) {
      if (this.#at(waker).woken.length > 0) this.#timeOutsOfThoseWhoWait(waker);
    }
    for (const operation of blocked) {
      const step = this.#neverRan(operation, this.#path.length);
      this.#racesOf(step, this.#order.conflictingAtEnd(step.footprint));
    }
  }

  #racesAt(node: ThreadNode, place: number): void {
    const earlier = this.#order.conflictingBefore(place);
    if (earlier.length > 0) this.#racesOf(this.#asLater(node, place), earlier);
    if (node.woken.length > 0) this.#timeOutsBefore(place);
    for (const waker of this.#order.causesOf(place)) this.#timeOutBefore(waker, node.thread, place);
    if (node.failed) this.#othersBefore(place);
    for (const operation of node.refused) this.#racesOf(this.#neverRan(operation, place + 1), [place]);
  }

  // Who was woken there and has not gone on since.
  #timeOutsOfThoseWhoWait(waker: number): void {
    const end = this.#path.length;
    for (const { thread } of this.#at(waker).woken) {
      if (this.#order.lastStepBefore(thread, end) <= waker) this.#timeOutBefore(waker, thread, end);
    }
  }

  #asLater(node: ThreadNode, place: number): Later {
    const { thread, operation, object, need, pending, awaits } = node;
    const footprint = node.failed ? EVERYTHING : node.footprint;
    const touched = node.values.length === 0 ? node.footprint : NONE;
    const others = this.#order.othersBefore(place);
    return { thread, operation, object, need, pending, footprint, touched, place, others, awaits };
  }

  #neverRan(operation: BlockedOperation, place: number): Later {
    const last = this.#order.lastStepBefore(operation.thread, place);
    const footprint = [operation.object * 2 + 1];
    return {
      ...operation,
      footprint,
      touched: footprint,
      place,
      others: last >= 0 ? [last] : [],
      awaits: NONE,
    };
  }

  #racesOf(step: Later, candidates: readonly number[]): void {
    for (const earlier of candidates) {
      if (this.#order.threadOf(earlier) === step.thread || !this.#isImmediate(earlier, step, candidates)) continue;
      if (step.awaits.length > 0 && !this.#isFreedWithout(earlier, step)) continue;
      const partner = this.#reversible(earlier, step);
      if (partner >= 0) this.#tell(partner, step);
    }
  }

  // Nothing lies between the two: no other direct predecessor of the later step comes after the earlier.
  #isImmediate(earlier: number, step: Later, candidates: readonly number[]): boolean {
    for (const each of candidates) if (each !== earlier && this.#order.ordered(earlier, each)) return false;
    for (const each of step.others) if (this.#order.ordered(earlier, each)) return false;
    return true;
  }

  // A poller that is held up goes on when something has been changed that it watches. Without any write to that since its last wake, but
  // for the earlier step and what happens after it, it would not have gone on.
  #isFreedWithout(earlier: number, step: Later): boolean {
    for (let place = step.place - 1; place >= 0; place--) {
      const node = this.#at(place);
      if (node.thread === step.thread && node.isWake) return false;
      if (node.thread === step.thread || this.#order.ordered(earlier, place)) continue;
      if (node.footprint.some((code) => (code & 1) === 1 && step.awaits.includes(objectOf(code)))) return true;
    }
    return true;
  }

  // The step before which the later one could have run; -1 when there is none.
  #reversible(earlier: number, step: Later): number {
    if (!canBlock(step.operation) || this.#couldRunBefore(earlier, step)) return earlier;
    for (let place = earlier - 1; place >= 0; place--) {
      const availability = availabilityBefore(this.#at(place), step.object);
      if (availability === undefined || !allows(step.operation, availability, step.need)) continue;
      return this.#at(place).thread === step.thread || this.#orderedByOthers(place, step) ? -1 : place;
    }
    return -1;
  }

  // Whether its object is to be had once all that does not happen after the earlier step has run: the first
  // that took it and drops out found it so. If none did: a step that ran found it, too, unless it failed for want of it.
  #couldRunBefore(earlier: number, step: Later): boolean {
    const ran = this.#path[step.place];
    const end = ran?.failed === true ? step.place : step.place - 1;
    for (let place = earlier; place <= end && place < this.#path.length; place++) {
      const availability = availabilityBefore(this.#at(place), step.object);
      if (availability !== undefined && this.#order.ordered(earlier, place))
        return allows(step.operation, availability, step.need);
    }
    return ran !== undefined;
  }

  // Whether the later step's thread had to wait for the earlier step in any case.
  #orderedByOthers(earlier: number, step: Later): boolean {
    return step.others.some((each) => this.#order.ordered(earlier, each));
  }

  // A sequence whose first thread sleeps is covered, whatever else is in it.
  #tell(earlier: number, step: LaterStep): void {
    let first = earlier + 1;
    while (first < step.place && this.#order.ordered(earlier, first)) first++;
    const thread = first < step.place ? this.#order.threadOf(first) : step.thread;
    if (this.#at(earlier).sleep.some((sleeper) => sleeper.thread === thread)) return;
    this.#areSettled = false;
    this.#onRace(earlier, this.#sequence(earlier, step));
  }

  // What does not happen after the earlier step, with the later one in its place, then the earlier one.
  #sequence(earlier: number, step: LaterStep): WakeupSequence {
    const events: WakeupEvent[] = [];
    this.#pushUnordered(events, earlier, earlier + 1, step.place);
    events.push(this.#laterEvent(step, this.#certainOf(step, earlier)));
    if (this.#isWhole) this.#pushUnordered(events, earlier, step.place, this.#path.length);
    events.push(this.#earlierEvent(earlier));
    return events;
  }

  // What a step touches is decided by what it has read before that. So without the earlier step it touches the same, up to the first object
  // that it found as the earlier one, or what happens after that, had left it: codes are in the order of their first use.
  #certainOf({ place, touched }: LaterStep, earlier: number): Codes {
    for (let at = 0; at < touched.length - 1; at++) {
      const writer = this.#order.writerBefore(objectOf(touched[at] ?? 0), place);
      if (writer >= 0 && this.#order.ordered(earlier, writer)) return touched.slice(0, at + 1);
    }
    return touched;
  }

  // The later step itself, and what its thread did then, happen after the earlier one.
  #pushUnordered(events: WakeupEvent[], earlier: number, from: number, to: number): void {
    for (let place = from; place < to; place++) {
      if (!this.#order.ordered(earlier, place)) events.push(this.#unchanged(place));
    }
  }

  #unchanged(place: number): WakeupEvent {
    const { thread, values } = this.#at(place);
    const footprint = this.#order.footprintOf(place);
    const chosen = values.length === 0 ? NO_VALUES : [...values];
    const identity = this.#order.identityOf(place);
    return { thread, footprint, key: 0, certain: NONE, identity, values: chosen, isEarlier: false };
  }

  #laterEvent({ thread, pending, place }: Pick<Later, "thread" | "pending" | "place">, certain: Codes): WakeupEvent {
    return unknownEvent(thread, mixed(this.#order.historyBefore(thread, place), pending), certain, false);
  }

  #earlierEvent(place: number): WakeupEvent {
    const { thread, pending } = this.#at(place);
    return unknownEvent(thread, mixed(this.#order.historyBefore(thread, place), pending), NONE, true);
  }

  #timeOutsBefore(place: number): void {
    const node = this.#at(place);
    for (const woken of node.woken) {
      if (woken.hadDeadline && woken.thread !== node.thread) this.#goesFirst(place, woken.thread, woken.pending);
    }
  }

  // The same, after all that happened before the woken thread went on without the wake-up.
  #timeOutBefore(waker: number, thread: number, place: number): void {
    const node = this.#at(waker);
    const woken = node.woken.find((each) => each.thread === thread && each.hadDeadline);
    if (woken === undefined || node.thread === thread || !node.candidates.includes(thread)) return;
    this.#tell(waker, { thread, pending: woken.pending, place, touched: NONE });
  }

  #othersBefore(place: number): void {
    const node = this.#at(place);
    node.candidates.forEach((thread, at) => {
      if (thread !== node.thread) this.#goesFirst(place, thread, node.others[at] ?? 0);
    });
  }

  #goesFirst(place: number, thread: number, pending: number): void {
    if (!this.#at(place).candidates.includes(thread)) return;
    this.#areSettled = false;
    this.#onRace(place, [this.#laterEvent({ thread, pending, place }, NONE), this.#earlierEvent(place)]);
  }

  #at(place: number): ThreadNode {
    const node = this.#path[place];
    if (node === undefined) throw new RangeError(`no step at ${place}`);
    return node;
  }
}
