// A wakeup sequence v: what does not happen after the earlier step of a race, with the later step in its place, then the earlier one. An
// execution that begins with v from the node before the race reverses it (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017,
// section 3; facts: explorer.md, C.2 and C.3).
//
// Invariant: what does not happen after the earlier step runs in its new place as it ran before, since nothing that it depends on is gone: those
// footprints hold there. What the race's own two steps touch in their new order is not known.
// In the paper v does without the earlier step, since there what a step conflicts with is the same wherever it runs. Here a step q
// that sleeps may make the race's two steps independent of each other: then no execution that begins with q shows the race. So where they
// were seen not to conflict, v is covered by q only if q commutes with the earlier step, too.

import { conflicts, EVERYTHING, type Codes } from "#kernel/footprint";
import { contextOf, identityOfStep, type Answer, type Place, type SeenFootprints } from "#explore/dpor/seen";

/** One event of a sequence. */
export interface WakeupEvent {
  readonly thread: number;
  /** Null for the two steps of the race. */
  readonly footprint: Codes | null;
  /** For these: the key among the footprints that were seen. */
  readonly key: number;
  /** And what it touches in its new place in any case: up to the first access that finds something else there. */
  readonly certain: Codes;
  /** For the others: the identity of the step (src/explore/dpor/seen.ts). */
  readonly identity: number;
  /** The values that were chosen inside the step. */
  readonly values: readonly number[];
  /** Whether it is the earlier step of the race: it cannot go before the later one. */
  readonly isEarlier: boolean;
}

const NO_VALUES: readonly number[] = [];

/** An event of which only its key is known. */
export function unknownEvent(thread: number, key: number, certain: Codes, isEarlier: boolean): WakeupEvent {
  return { thread, footprint: null, key, certain, identity: 0, values: NO_VALUES, isEarlier };
}

/** Some execution is to begin with these events. */
export type WakeupSequence = readonly WakeupEvent[];

/** A step that was taken from a node. */
export interface FirstStep {
  readonly thread: number;
  readonly footprint: Codes;
  /** Whether all executions that begin with it have been explored here, so that what was seen tells all. */
  readonly isWhole: boolean;
}

/**
 * Whether `step` is a weak initial of the sequence: whether some execution that is equivalent to one beginning with the
 * sequence begins with the step. If so, what begins with the step explores the sequence, too.
 * @param before the node
 */
export function isWeakInitial(step: FirstStep, sequence: WakeupSequence, seen: SeenFootprints, before: Place): Answer {
  if (step.footprint === EVERYTHING && sequence[0]?.thread !== step.thread) return "no";
  let place: InSequence | null = null;
  let isOpen = false;
  let laterKey = 0;
  for (let at = 0; at < sequence.length; at++) {
    const event = sequence[at];
    if (event === undefined || event.thread === step.thread) break;
    if (event.thread === ANYTHING.thread) return "unknown";
    if (event.footprint !== null) {
      if (conflicts(step.footprint, event.footprint)) return "no";
      place?.pass(event.thread, event.footprint, event.identity);
      continue;
    }
    if (event.isEarlier && step.isWhole && seen.alwaysConflict(laterKey, event.key)) continue;
    laterKey = event.key;
    if (conflicts(step.footprint, event.certain)) return "no";
    const known = step.isWhole ? seen.isIndependentOf(event.key, step.footprint) : "unknown";
    // Where it is known what the first of them touches, what ran before it is not asked for.
    if (known === "unknown") place ??= new InSequence(before, sequence, at);
    const answer = place === null || known !== "unknown" ? known : place.isIndependentOf(event, step.footprint, seen);
    if (answer === "no") return "no";
    if (answer === "unknown") isOpen = true;
  }
  return isOpen ? "unknown" : "yes";
}

/** A place in a sequence, as far as it is known what ran before it. */
class InSequence implements Place {
  readonly #before: Place;
  readonly #passed: { readonly thread: number; readonly touched: Codes; readonly identity: number }[] = [];
  #isLost = false;

  /** Behind the first `length` events of a sequence, as far as it is known what they touched. */
  constructor(before: Place, sequence: WakeupSequence, length: number) {
    this.#before = before;
    for (let at = 0; at < length; at++) {
      const event = sequence[at];
      if (event !== undefined && event.footprint !== null) this.pass(event.thread, event.footprint, event.identity);
    }
  }

  pass(thread: number, touched: Codes, identity: number): void {
    this.#passed.push({ thread, touched, identity });
  }

  /** Whether this event, which comes next, commutes with a step. */
  isIndependentOf({ key, thread }: WakeupEvent, footprint: Codes, seen: SeenFootprints): Answer {
    const way = this.#isLost ? null : seen.inContext(key, thread, this);
    if (way === null) {
      this.#isLost = true;
      return "unknown";
    }
    this.pass(thread, way.touched, identityOfStep(key, way.touched, contextOf(this, thread, way.touched)));
    return conflicts(footprint, way.footprint) ? "no" : "yes";
  }

  versionOf(object: number): number {
    const writer = this.#passed.findLast(({ touched }) => touched.includes(object * 2 + 1));
    return writer?.identity ?? this.#before.versionOf(object);
  }

  lastStepOf(thread: number): number {
    return this.#passed.findLast((each) => each.thread === thread)?.identity ?? this.#before.lastStepOf(thread);
  }
}

/** Whether the sequence itself, run in some order, begins with `step`: it is one of its initials. */
export function isInitial(step: FirstStep, sequence: WakeupSequence): boolean {
  for (const { thread, footprint } of sequence) {
    if (thread === step.thread) return true;
    if (footprint === null || conflicts(step.footprint, footprint)) return false;
  }
  return false;
}

/**
 * What is left of a sequence when a weak initial of it has gone first; null when nothing is. Behind the later step of the race the earlier
 * one is no longer asked for, if no sleeper can have been told apart by it.
 */
export function withoutThread(sequence: WakeupSequence, thread: number, seen: SeenFootprints): WakeupSequence | null {
  let place = 0;
  while (place < sequence.length && sequence[place]?.thread !== thread) place++;
  const gone = sequence[place];
  if (gone === undefined) return sequence;
  const last = sequence.at(-1);
  const isDone = gone.footprint === null && last?.isEarlier === true && seen.alwaysConflict(gone.key, last.key);
  if (sequence.length === (isDone ? 2 : 1)) return null;
  const rest: WakeupEvent[] = [];
  for (let at = 0; at < sequence.length; at++) {
    const event = sequence[at];
    if (event === undefined || at === place || (isDone && event === last)) continue;
    // Behind the later step the earlier one is a step like any other.
    const isFreed = gone.footprint === null && event.isEarlier && at === sequence.length - 1;
    rest.push(isFreed ? freed(event) : event);
  }
  return rest;
}

// In the order of the other events, without spreading: those that are alike then have one shape.
function freed({ thread, footprint, key, certain, identity, values }: WakeupEvent): WakeupEvent {
  return { thread, footprint, key, certain, identity, values, isEarlier: false };
}

/** Of so many sequences that differ only behind the later step of their race, one remains that stands for all. */
const VARIANTS_MOST = 32;

/** Stands for whatever may come behind the later step: whether a step commutes with it is not known. */
const ANYTHING: WakeupEvent = {
  thread: -1,
  footprint: EVERYTHING,
  key: 0,
  certain: NO_VALUES,
  identity: 0,
  values: NO_VALUES,
  isEarlier: false,
};

/**
 * Adds a sequence to those that wait. Each execution tells of a race with what else happened there, and a sleeper may cover some of
 * these sequences and not others. Where they become many, one without its end stands for them. Only an initial covers that one, and any
 * child whose step commutes with what is left of it may have to explore it, too: it is passed on, and stays.
 */
export function addSequence(waiting: WakeupSequence[], sequence: WakeupSequence): void {
  const length = lengthUntilRace(sequence);
  let variants = 0;
  for (const other of waiting) {
    if (!beginAlike(other, sequence, length)) continue;
    if (other[length]?.thread === ANYTHING.thread || endAlike(other, sequence, length)) return;
    variants++;
  }
  if (variants < VARIANTS_MOST) return void waiting.push(sequence);
  const others = waiting.filter((other) => !beginAlike(other, sequence, length));
  waiting.splice(0, waiting.length, ...others, [...sequence.slice(0, length), ANYTHING]);
}

// Up to the later step of the race; all of a sequence from which that is gone.
function lengthUntilRace(sequence: WakeupSequence): number {
  const place = sequence.findIndex((event) => event.footprint === null && !event.isEarlier);
  return place < 0 ? sequence.length : place + 1;
}

function beginAlike(a: WakeupSequence, b: WakeupSequence, length: number): boolean {
  if (a.length < length) return false;
  for (let place = 0; place < length; place++) if (!isSame(a[place], b[place])) return false;
  return true;
}

// The same steps, in any order.
function endAlike(a: WakeupSequence, b: WakeupSequence, from: number): boolean {
  if (a.length !== b.length) return false;
  for (let place = from; place < a.length; place++) {
    const event = a[place];
    if (!isSame(event, b[place]) && !b.some((other) => isSame(event, other))) return false;
  }
  return true;
}

function isSame(a: WakeupEvent | undefined, b: WakeupEvent | undefined): boolean {
  if (a === undefined || b === undefined || a.thread !== b.thread || a.identity !== b.identity) return false;
  return a.values.length === b.values.length && a.values.every((value, at) => value === b.values[at]);
}
