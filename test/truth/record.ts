// What is kept of one execution: its choices, and its Mazurkiewicz trace from the footprints that were recorded.
//
// Two executions are equivalent when one becomes the other by exchanging neighbouring steps that touch nothing in
// common but what both only read. The Foata normal form is the same text for all executions of a class: the steps
// that depend on nothing, then those that depend on these alone, and so on, each set in a fixed order. (Cartier and
// Foata 1969; facts: explorer.md, C.) Nothing here is shared with the strategies, not even what a conflict is.
//
// A step that ends the execution by a failure depends on every step that touches anything, since it disables them.
// Steps that touch nothing commute even with it: whether they came before it says nothing, and they are left out.
// A value chosen inside a step is part of it; 0 is the same as not having been asked, since what may go wrong only so
// often is asked for only so often.

import type { Chooser } from "#kernel/chooser";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";

/** One step. */
interface Step {
  /** The id of its thread, the same in equivalent executions. */
  readonly thread: number;
  readonly values: number[];
  codes: readonly number[];
}

/** Passes every question on to another chooser, and keeps what happened. */
export class Recording implements Chooser {
  readonly #inner: Chooser;
  #steps: Step[] = [];
  /** Which of how many, at each choice of more than one: threads, then values, as they came. */
  choices: string[] = [];
  /** Choices that left a thread which could have gone on of its own will. */
  preemptions = 0;
  /** The sum of the places chosen: how many were passed over. */
  delays = 0;
  /** Whether a value was chosen inside a step. */
  choseValues = false;

  constructor(inner: Chooser) {
    this.#inner = inner;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    this.#endStep(simulation);
    const able = candidates.slice(0, count);
    const place = this.#inner.pickThread(candidates, count, carriesOn, simulation);
    const chosen = able[place];
    if (chosen === undefined) return place;
    if (simulation.lastThread !== null && isPreempted(simulation.lastThread, able, chosen)) this.preemptions++;
    this.#steps.push({ thread: chosen.id, values: [], codes: [] });
    this.#note(place, count);
    return place;
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    const value = this.#inner.pickValue(count, why, simulation);
    this.choseValues = true;
    this.#steps.at(-1)?.values.push(value);
    this.#note(value, count);
    return value;
  }

  ended(simulation: Simulation): void {
    this.#endStep(simulation);
    this.#inner.ended?.(simulation);
  }

  /** The trace; a failure's with what failed. */
  trace(failure: string | null): string {
    const last = failure === null ? null : this.#steps.at(-1);
    const before = failure === null ? this.#steps : this.#steps.slice(0, -1);
    const kept = before.filter(
      (step) => step.codes.length > 0 || (failure === null && step.values.some((value) => value !== 0)),
    );
    const text = foata(kept);
    return last === null ? text : `${text} ; ${last?.thread} fails: ${failure}`;
  }

  #endStep(simulation: Simulation): void {
    const step = this.#steps.at(-1);
    if (step !== undefined) step.codes = [...simulation.footprint.take()].sort((a, b) => a - b);
  }

  #note(value: number, count: number): void {
    if (count > 1) this.choices.push(`${value}/${count}`);
    this.delays += value;
  }
}

function isPreempted(last: Thread, able: readonly Thread[], chosen: Thread): boolean {
  if (chosen === last || !able.includes(last) || last.state !== ThreadState.ready) return false;
  return last.pendingKind !== OperationKind.snooze && last.pendingKind !== OperationKind.yield;
}

/** The normal form of the trace of these steps. */
export function foata(
  steps: readonly { thread: number; values: readonly number[]; codes: readonly number[] }[],
): string {
  const depths: number[] = [];
  const sets: string[][] = [];
  steps.forEach((step, place) => {
    let depth = 0;
    for (let other = 0; other < place; other++) {
      const earlier = steps[other];
      if (earlier !== undefined && depend(earlier, step)) depth = Math.max(depth, (depths[other] ?? 0) + 1);
    }
    depths.push(depth);
    (sets[depth] ??= []).push(
      `${step.thread}(${step.codes.join()}${step.values.map((value) => (value === 0 ? "" : `=${value}`)).join("")})`,
    );
  });
  return sets.map((set) => set.sort().join("")).join(" ");
}

// Of one thread, or both touch one object, and not both only read it. A code is object * 2, and 1 more for a write.
function depend(
  a: { thread: number; codes: readonly number[] },
  b: { thread: number; codes: readonly number[] },
): boolean {
  if (a.thread === b.thread) return true;
  return a.codes.some((x) => {
    const object = Math.floor(x / 2);
    return b.codes.some((y) => Math.floor(y / 2) === object && (x !== y || x !== object * 2));
  });
}
