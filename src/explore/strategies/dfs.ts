// Depth-first: an odometer of choices whose last digit turns fastest. Every interleaving, one after the other.
//
// With a bound, only schedules with at most so many preemptions (switches away from a thread that could go on;
// facts: explorer.md, C.6): a bounded search proves nothing beyond its bound.

import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";
import type { Strategy } from "#explore/strategy";

export class DepthFirst implements Strategy {
  readonly name = "dfs";
  readonly complete = true;
  readonly blocked = 0;
  readonly #bound: number;
  // One digit for each choice among more than one.
  readonly #values: number[] = [];
  readonly #counts: number[] = [];
  /** How many values a digit may take: 1 where the bound forbids leaving the thread. */
  readonly #limits: number[] = [];
  /** Whether a digit other than 0 is a preemption. */
  readonly #preempts: boolean[] = [];
  #depth = 0;
  #length = 0;
  #preemptions = 0;
  #started = false;
  #bounded = false;

  /** @param bound preemptions at most; Infinity for all schedules */
  constructor(bound: number = Number.POSITIVE_INFINITY) {
    this.#bound = bound;
  }

  get bounded(): boolean {
    return this.#bounded;
  }

  begin(): boolean {
    if (this.#started && !this.#turn()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#preemptions = 0;
    return true;
  }

  pickThread(_candidates: readonly Thread[], count: number, carriesOn: boolean, _simulation: Simulation): number {
    return count === 1 ? 0 : this.#pick(count, carriesOn);
  }

  pickValue(count: number): number {
    return this.#pick(count, false);
  }

  choices(): Choice[] {
    return this.#values.slice(0, this.#depth).map((value, place) => ({ value, count: this.#counts[place] ?? 1 }));
  }

  #pick(count: number, preempts: boolean): number {
    const depth = this.#depth++;
    if (depth === this.#length) {
      const atBound = preempts && this.#preemptions >= this.#bound;
      if (atBound) this.#bounded = true;
      this.#values[depth] = 0;
      this.#counts[depth] = count;
      this.#limits[depth] = atBound ? 1 : count;
      this.#preempts[depth] = preempts;
      this.#length++;
      return 0;
    }
    const value = this.#values[depth] ?? 0;
    if (value !== 0 && this.#preempts[depth] === true) this.#preemptions++;
    return value;
  }

  #turn(): boolean {
    while (this.#length > 0) {
      const last = this.#length - 1;
      const value = this.#values[last] ?? 0;
      if (value + 1 < (this.#limits[last] ?? 0)) {
        this.#values[last] = value + 1;
        return true;
      }
      this.#length--;
    }
    return false;
  }
}
