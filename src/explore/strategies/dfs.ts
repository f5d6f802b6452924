// Depth-first: an odometer of choices whose last digit turns fastest. Every interleaving, one after the other.
//
// With a bound, only schedules that cost at most so much (facts: explorer.md, C.6): a preemption, a switch away from a
// thread that could go on, costs 1; or each thread that is passed over by leaving the first candidate costs 1
// (a delay). A bounded search proves nothing beyond its bound.

import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";
import type { Strategy } from "#explore/strategy";

/** What a schedule may cost, and what costs. */
export interface CostBound {
  readonly of: "preemptions" | "delays";
  readonly most: number;
}

export class DepthFirst implements Strategy {
  readonly name = "dfs";
  readonly complete = true;
  readonly blocked = 0;
  readonly #most: number;
  readonly #countsDelays: boolean;
  // One digit for each point, also where there is no choice.
  readonly #values: number[] = [];
  readonly #counts: number[] = [];
  /** How many values a digit may take: fewer than there are where the bound forbids the rest. */
  readonly #limits: number[] = [];
  /** Whether a digit other than 0 is a preemption. */
  readonly #preempts: boolean[] = [];
  #depth = 0;
  #length = 0;
  #cost = 0;
  #started = false;
  #bounded = false;

  /** Without a bound: all schedules. */
  constructor(bound: CostBound | null = null) {
    this.#most = bound?.most ?? Number.POSITIVE_INFINITY;
    this.#countsDelays = bound?.of === "delays";
  }

  get bounded(): boolean {
    return this.#bounded;
  }

  begin(): boolean {
    if (this.#started && !this.#turn()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#cost = 0;
    return true;
  }

  /** On the way to the digit that was turned every choice is known. */
  knownPlace(): number {
    return this.#depth < this.#length ? this.#pick(0, false) : -1;
  }

  pickThread(_candidates: readonly Thread[], count: number, carriesOn: boolean, _simulation: Simulation): number {
    return this.#pick(count, carriesOn);
  }

  pickValue(count: number): number {
    return this.#pick(count, false); // with delays, a value counts as one too: 0 is the plain choice
  }

  choices(): Choice[] {
    return this.#values
      .slice(0, this.#depth)
      .map((value, place) => ({ value, count: this.#counts[place] ?? 1 }))
      .filter((choice) => choice.count > 1);
  }

  #pick(count: number, preempts: boolean): number {
    const depth = this.#depth++;
    if (depth === this.#length) {
      const limit = this.#limit(count, preempts);
      if (limit < count) this.#bounded = true;
      this.#values[depth] = 0;
      this.#counts[depth] = count;
      this.#limits[depth] = limit;
      this.#preempts[depth] = preempts;
      this.#length++;
      return 0;
    }
    const value = this.#values[depth] ?? 0;
    if (this.#countsDelays) this.#cost += value;
    else if (value !== 0 && this.#preempts[depth] === true) this.#cost++;
    return value;
  }

  #limit(count: number, preempts: boolean): number {
    if (this.#countsDelays) return Math.min(count, this.#most - this.#cost + 1);
    return preempts && this.#cost >= this.#most ? 1 : count;
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
