// Happens-before in the current execution: program order, conflicts, and who woke or started whom, as vector clocks.
//
// Invariants:
//   - clock[i][t] is the number of steps of thread t that happen before step i or are it;
//   - what is known of the first n steps stays when the next execution shares them: `truncate` takes back the rest.

import { objectOf, type Codes } from "#kernel/footprint";
import { NONE, withItem, type ThreadNode } from "#explore/dpor/node";
import { historyAfter, identityOfStep, mixed } from "#explore/dpor/seen";

/** One step, and what comes directly before it. */
interface Step {
  readonly thread: number;
  /** Its number among its thread's steps, from 1. */
  readonly index: number;
  readonly clock: number[];
  readonly footprint: Codes;
  /** The thread's step before; -1 for its first. */
  readonly previous: number;
  /** Steps that woke or started the thread since then. */
  readonly causes: readonly number[];
  /** Steps of other threads that conflict with it, the latest on each object. */
  readonly conflicting: readonly number[];
  readonly woken: readonly number[];
  /** The thread's history up to and with this step (src/explore/dpor/seen.ts). */
  readonly history: number;
  readonly identity: number;
}

/** The order of the steps of one execution. */
export class HappensBefore {
  readonly #steps: Step[] = [];
  /** By thread: the places of its steps, and of the steps that woke or started it. */
  readonly #own: number[][] = [];
  readonly #wakes: number[][] = [];
  readonly #accesses = new Map<number, Access[]>();

  get length(): number {
    return this.#steps.length;
  }

  /** Forgets all but the first `length` steps. */
  truncate(length: number): void {
    while (this.#steps.length > length) {
      const step = this.#steps.pop();
      if (step === undefined) return;
      this.#own[step.thread]?.pop();
      for (const woken of step.woken) this.#wakes[woken]?.pop();
      for (const code of step.footprint) this.#accesses.get(objectOf(code))?.pop();
    }
  }

  /** The step that was taken from this node comes next. `key` and `context` are as src/explore/dpor/seen.ts has them. */
  add(node: ThreadNode, key: number, context: readonly number[]): void {
    const place = this.#steps.length;
    const { thread, footprint } = node;
    const own = (this.#own[thread] ??= []);
    const previous = own.at(-1) ?? -1;
    const conflicting = this.#ofOthers(node.failed ? this.#lastOfAll() : this.conflictingAtEnd(footprint), thread);
    const causes = this.#causesSince(thread, previous);
    const before = this.#at(previous);
    // As long as it will be, where that is known: a list that grows takes more room than it needs.
    const clock = before === undefined ? [] : before.clock.slice();
    this.#mergeAll(clock, causes);
    this.#mergeAll(clock, conflicting);
    while (clock.length <= thread) clock.push(0);
    clock[thread] = own.length + 1;
    own.push(place);
    const woken = node.woken.length === 0 ? NONE : this.#wake(node, place);
    for (let i = 0; i < footprint.length; i++) this.#access(footprint[i] ?? 0, place);
    const history = historyAfter(before?.history ?? firstHistory(thread), footprint, node.values);
    const plain = identityOfStep(key, footprint, context);
    const identity = node.values.length === 0 ? plain : historyAfter(plain, NONE, node.values);
    const index = own.length;
    this.#steps.push({ thread, index, clock, footprint, previous, causes, conflicting, woken, history, identity });
  }

  /** Whether step `a` happens before step `b` (or is it). */
  ordered(a: number, b: number): boolean {
    const earlier = this.#steps[a];
    if (earlier === undefined) return false;
    return (this.#steps[b]?.clock[earlier.thread] ?? 0) >= earlier.index;
  }

  threadOf(place: number): number {
    return this.#steps[place]?.thread ?? -1;
  }

  footprintOf(place: number): Codes {
    return this.#steps[place]?.footprint ?? [];
  }

  identityOf(place: number): number {
    return this.#at(place)?.identity ?? 0;
  }

  /** The identity of the step that wrote the object last, of those before `place`; 0 for none. */
  versionAt(object: number, place: number): number {
    return this.identityOf(this.writerBefore(object, place));
  }

  /** The step that wrote the object last, of those before `place`; -1 for none. */
  writerBefore(object: number, place: number): number {
    const accesses = this.#accesses.get(object);
    if (accesses === undefined) return -1;
    for (let i = accesses.length - 1; i >= 0; i--) {
      const access = accesses[i];
      if (access !== undefined && access.isWrite && access.place < place) return access.place;
    }
    return -1;
  }

  /** Steps of other threads that conflict with this one, the latest on each object. */
  conflictingBefore(place: number): readonly number[] {
    return this.#steps[place]?.conflicting ?? NONE;
  }

  /** Steps that woke or started the thread since its step before. */
  causesOf(place: number): readonly number[] {
    return this.#steps[place]?.causes ?? NONE;
  }

  /** Other direct predecessors than conflicts: the thread's own step before, and who woke or started it. */
  othersBefore(place: number): readonly number[] {
    const step = this.#steps[place];
    if (step === undefined) return NONE;
    if (step.previous < 0) return step.causes;
    return step.causes.length === 0 ? [step.previous] : [...step.causes, step.previous];
  }

  /** The thread's last step before `place`; -1 when it took none. */
  lastStepBefore(thread: number, place: number): number {
    return lastBefore(this.#own[thread] ?? NONE, place);
  }

  /** The step before `place` that started or woke the thread last; -1 for none. */
  lastCauseBefore(thread: number, place: number): number {
    return lastBefore(this.#wakes[thread] ?? NONE, place);
  }

  /** The thread's history before its first step at `place` or after it. */
  historyBefore(thread: number, place: number): number {
    const last = this.lastStepBefore(thread, place);
    return this.#at(last)?.history ?? firstHistory(thread);
  }

  /** Steps at the end of the execution that an operation with this footprint would conflict with. */
  conflictingAtEnd(footprint: Codes): readonly number[] {
    let steps: readonly number[] = NONE;
    for (let i = 0; i < footprint.length; i++) {
      const code = footprint[i] ?? 0;
      const accesses = this.#accesses.get(objectOf(code));
      const last = accesses?.at(-1);
      if (accesses === undefined || last === undefined) continue;
      const write = last.isWrite ? accesses.length - 1 : last.lastWrite;
      if (write >= 0) steps = withStep(steps, accesses[write]?.place ?? -1);
      if ((code & 1) === 0) continue;
      for (let at = accesses.length - 1; at > write; at--) steps = withStep(steps, accesses[at]?.place ?? -1);
    }
    return steps;
  }

  // To a place below 0 an array answers slowly, and so does that piece of code from then on.
  #at(place: number): Step | undefined {
    return place < 0 ? undefined : this.#steps[place];
  }

  // A step that fails disables all others: it comes after the last thing that each of them has done.
  #lastOfAll(): number[] {
    return this.#own.flatMap((own) => own.findLast((step) => this.footprintOf(step).length > 0) ?? []);
  }

  #ofOthers(steps: readonly number[], thread: number): readonly number[] {
    for (const step of steps) {
      if (this.threadOf(step) === thread) return steps.filter((each) => this.threadOf(each) !== thread);
    }
    return steps;
  }

  #causesSince(thread: number, previous: number): readonly number[] {
    const wakes = this.#wakes[thread];
    if (wakes === undefined) return NONE;
    let causes: readonly number[] = NONE;
    for (let i = wakes.length - 1; i >= 0 && (wakes[i] ?? -1) > previous; i--)
      causes = withItem(causes, wakes[i] ?? -1);
    return causes;
  }

  #mergeAll(clock: number[], steps: readonly number[]): void {
    for (let i = 0; i < steps.length; i++) merge(clock, this.#steps[steps[i] ?? -1]?.clock ?? NONE);
  }

  #wake(node: ThreadNode, place: number): readonly number[] {
    const woken = node.woken.flatMap(({ thread }) => (thread === node.thread ? [] : [thread]));
    for (const thread of woken) (this.#wakes[thread] ??= []).push(place);
    return woken;
  }

  #access(code: number, place: number): void {
    const object = objectOf(code);
    const isWrite = (code & 1) === 1;
    const accesses = this.#accesses.get(object);
    if (accesses === undefined) {
      this.#accesses.set(object, [{ place, isWrite, lastWrite: -1 }]);
      return;
    }
    const last = accesses.at(-1);
    const lastWrite = last === undefined ? -1 : last.isWrite ? accesses.length - 1 : last.lastWrite;
    accesses.push({ place, isWrite, lastWrite });
  }
}

/** An access to an object, and the place in the object's list of the write before it. */
interface Access {
  readonly place: number;
  readonly isWrite: boolean;
  readonly lastWrite: number;
}

/** The last of these ascending places before `place`; -1 for none. */
function lastBefore(places: readonly number[], place: number): number {
  for (let i = places.length - 1; i >= 0; i--) {
    const each = places[i] ?? -1;
    if (each < place) return each;
  }
  return -1;
}

function withStep(steps: readonly number[], step: number): readonly number[] {
  return steps.includes(step) ? steps : withItem(steps, step);
}

function firstHistory(thread: number): number {
  return mixed(0, thread + 1);
}

function merge(into: number[], from: readonly number[]): void {
  for (let i = 0; i < from.length; i++) {
    const clock = from[i] ?? 0;
    if (i >= into.length) into.push(clock);
    else if (clock > (into[i] ?? 0)) into[i] = clock;
  }
}
