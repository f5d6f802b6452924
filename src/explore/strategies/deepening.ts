// Iterative deepening (Musuvathi, Qadeer, PLDI 2007; facts: explorer.md, C.6): all schedules that cost nothing, then all
// that cost at most 1, and so on to a bound. What fails is met at the least cost with which it can be.
//
// Each bound is a search of its own, depth-first or by bounded partial-order reduction, so the schedules of a lower bound
// come again within the next one. They say so by `repeats`, and count once. When a bound leaves nothing out there is nothing
// left: the search is exhausted.

import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";
import { BoundedDpor } from "#explore/strategies/bounded-dpor";
import { DepthFirst, type CostBound } from "#explore/strategies/dfs";
import type { Strategy, Within } from "#explore/strategy";

/** How far it has come; plain JSON. */
interface Checkpoint {
  readonly bound: number;
  readonly search: unknown;
  readonly schedules: number;
  readonly within: Within | null;
  readonly bounded: boolean;
}

/** How each bound is searched. Delays are for depth-first alone. */
export type Inside = "dfs" | "dpor";

export class Deepening implements Strategy {
  readonly name: Inside;
  readonly complete = true;
  readonly blocked = 0;
  readonly #last: CostBound;
  #bound = 0;
  #search: DepthFirst | BoundedDpor;
  /** Executions of this bound that have ended. */
  #schedules = 0;
  #within: Within | null = null;
  #bounded = false;

  /**
   * @param inside how each bound is searched
   * @param last the highest bound: `most` is 0 or more, infinity for a search without an end
   * @param checkpoint where another with the same last bound stood
   */
  constructor(inside: Inside, last: CostBound, checkpoint?: unknown) {
    this.name = inside;
    this.#last = last;
    if (checkpoint === undefined) {
      this.#search = this.#newSearch();
      return;
    }
    const { bound, search, schedules, within, bounded } = checkpoint as Checkpoint;
    this.#bound = bound;
    this.#search = this.#newSearch(search);
    this.#schedules = schedules;
    this.#within = within;
    this.#bounded = bounded;
  }

  checkpoint(): Checkpoint {
    return {
      bound: this.#bound,
      search: this.#search.checkpoint(),
      schedules: this.#schedules,
      within: this.#within,
      bounded: this.#bounded,
    };
  }

  get bounded(): boolean {
    return this.#bounded;
  }

  get within(): Within | null {
    return this.#within;
  }

  get repeats(): boolean {
    return this.#search.cost < this.#bound;
  }

  get isLeast(): boolean {
    return this.#last.of === "preemptions" && !this.repeats;
  }

  begin(): boolean {
    while (!this.#search.begin()) {
      this.#within = { of: this.#last.of, most: this.#bound, schedules: this.#schedules };
      this.#bounded = this.#search.bounded;
      if (!this.#bounded || this.#bound >= this.#last.most) return false;
      this.#bound++;
      this.#search = this.#newSearch();
      this.#schedules = 0;
    }
    return true;
  }

  knownThread(): number {
    return this.#search instanceof DepthFirst ? this.#search.knownThread() : -1;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    return this.#search.pickThread(candidates, count, carriesOn, simulation);
  }

  pickValue(count: number): number {
    return this.#search.pickValue(count);
  }

  ended(simulation: Simulation): void {
    this.#search.ended(simulation);
    this.#schedules++;
  }

  choices(): Choice[] {
    return this.#search.choices();
  }

  #newSearch(checkpoint?: unknown): DepthFirst | BoundedDpor {
    if (this.name === "dpor") return new BoundedDpor(this.#bound, checkpoint);
    const bound = { of: this.#last.of, most: this.#bound };
    return checkpoint === undefined ? new DepthFirst(bound) : new DepthFirst(bound, { checkpoint });
  }
}
