// The races of one execution of bounded partial-order reduction, and the nodes from which they are reversed
// (src/explore/strategies/bounded-dpor.ts says why so many).

import { objectOf, type Codes } from "#kernel/footprint";
import type { Simulation } from "#kernel/simulation";
import { ThreadState } from "#kernel/thread";

/** A choice of a thread, and the step that was taken from it. Threads are their indexes. */
export interface BoundedNode {
  readonly kind: "thread";
  readonly candidates: readonly number[];
  /** Whether leaving the first candidate is a preemption. */
  readonly carriesOn: boolean;
  /** Preemptions before this node. */
  readonly cost: number;
  /** Threads that are to be explored from here; those before place `turned` have been. */
  readonly backtrack: number[];
  turned: number;
  thread: number;
  footprint: Codes;
  /** Threads whose wait with a deadline the step ended: they could have timed out instead. */
  timeOuts: number[];
  /** Operations that the step took away: a thread, and the number of the object. */
  refused: (readonly [thread: number, object: number])[];
}

/** The races of one execution. */
export class BoundedRaces {
  readonly #path: readonly BoundedNode[];
  readonly #simulation: Simulation;
  readonly #from: number;
  readonly #accesses = new Map<number, { readonly step: number; readonly writes: boolean }[]>();
  /** For each step the number of steps of each thread that happen before it, itself included. */
  readonly #clocks: Int32Array[] = [];
  /** For each step its number among its thread's; for each thread its last step so far. */
  readonly #ordinals: number[] = [];
  readonly #last: number[];

  /** @param from steps before this one are those of the execution before */
  constructor(path: readonly BoundedNode[], simulation: Simulation, from: number) {
    this.#path = path;
    this.#simulation = simulation;
    this.#from = from;
    this.#last = simulation.threads.map(() => -1);
  }

  add(): void {
    const { failed, threads } = this.#simulation;
    this.#path.forEach((node, place) => {
      // What ends the execution disables everybody, so it depends on all that anybody did.
      const isLast = failed && place === this.#path.length - 1;
      const earlier = isLast ? [...this.#path.keys()].slice(0, place) : this.#conflicting(node.footprint);
      if (place >= this.#from) this.#racesOf(node.thread, earlier, place);
      this.#note(node, place, earlier);
      if (place < this.#from) return;
      for (const thread of node.timeOuts) this.#tryAt(place, thread);
      for (const [thread, object] of node.refused)
        this.#racesOf(thread, this.#conflicting([object * 2 + 1]), place + 1);
      if (isLast) for (const thread of node.candidates) this.#tryAt(place, thread);
    });
    // Operations that never ran: of threads that are blocked, or that the end of the execution came before.
    for (const { state, pendingObject, index } of threads) {
      if (state !== ThreadState.ready || pendingObject === null) continue;
      this.#racesOf(index, this.#conflicting([pendingObject.number * 2 + 1]), this.#path.length);
    }
  }

  // The thread's step at `place` raced with these, unless one of its own steps comes after them in any case.
  #racesOf(thread: number, earlier: readonly number[], place: number): void {
    const own = this.#last[thread] ?? -1;
    for (const each of earlier) {
      const node = this.#path[each];
      if (node === undefined || node.thread === thread || each >= place || this.#isBefore(each, own)) continue;
      let at = each;
      while (at > own && this.#path[at]?.candidates.includes(thread) !== true) at--;
      this.#tryAt(at > own ? at : each, thread);
    }
  }

  // There, and at the latest place before where it costs no preemption more: where the thread that went there was switched
  // in, or could not simply go on.
  #tryAt(place: number, thread: number): void {
    const runsOn = (at: number): boolean =>
      at > 0 && this.#path[at]?.carriesOn === true && this.#path[at - 1]?.thread === this.#path[at]?.thread;
    let free = place;
    while (runsOn(free)) free--;
    for (const node of [this.#path[place], this.#path[free]]) {
      if (node === undefined) continue;
      const wanted = node.candidates.includes(thread) ? [thread] : node.candidates;
      for (const each of wanted) if (!node.backtrack.includes(each)) node.backtrack.push(each);
    }
  }

  #note({ thread, footprint }: BoundedNode, place: number, earlier: readonly number[]): void {
    const own = this.#last[thread] ?? -1;
    const clock = this.#clocks[own]?.slice() ?? new Int32Array(this.#last.length);
    for (const step of earlier) {
      const other = this.#clocks[step];
      if (other === undefined) continue;
      for (let i = 0; i < clock.length; i++) clock[i] = Math.max(clock[i] ?? 0, other[i] ?? 0);
    }
    const ordinal = (this.#ordinals[own] ?? 0) + 1;
    clock[thread] = ordinal;
    this.#clocks.push(clock);
    this.#ordinals.push(ordinal);
    this.#last[thread] = place;
    for (const code of footprint) {
      const access = { step: place, writes: (code & 1) === 1 };
      const known = this.#accesses.get(objectOf(code));
      if (known === undefined) this.#accesses.set(objectOf(code), [access]);
      else known.push(access);
    }
  }

  /** The steps so far that this footprint conflicts with. */
  #conflicting(footprint: Codes): number[] {
    const steps = new Set<number>();
    for (const code of footprint) {
      for (const { step, writes } of this.#accesses.get(objectOf(code)) ?? []) {
        if (writes || (code & 1) === 1) steps.add(step);
      }
    }
    return [...steps];
  }

  #isBefore(step: number, other: number): boolean {
    if (other < 0) return false;
    return (this.#clocks[other]?.[this.#path[step]?.thread ?? 0] ?? 0) >= (this.#ordinals[step] ?? 0);
  }
}
