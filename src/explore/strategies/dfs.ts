// Depth-first: an odometer of choices whose last digit turns fastest. Every interleaving, one after the other.
//
// With a bound, only schedules that cost at most so much (facts: explorer.md, C.6): a preemption, a switch away from a
// thread that could go on, costs 1; or each thread that is passed over by leaving the first candidate costs 1
// (a delay). A bounded search proves nothing beyond its bound.
// The digits above a part's root are never turned.

import { CUT } from "#kernel/chooser";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";
import { WHOLE_TREE, type Origin, type Subtree, type DividingStrategy } from "#explore/strategy";

/** What a schedule may cost, and what costs. */
export interface CostBound {
  readonly of: "preemptions" | "delays";
  readonly most: number;
}

/** All that a walk needs to go on; plain JSON. */
interface Checkpoint {
  readonly root: Subtree;
  readonly values: readonly number[];
  readonly counts: readonly number[];
  readonly limits: readonly number[];
  readonly preempts: readonly boolean[];
  readonly started: boolean;
  readonly bounded: boolean;
}

export class DepthFirst implements DividingStrategy {
  readonly name = "dfs";
  readonly complete = true;
  readonly blocked = 0;
  strayed = false;
  readonly subtrees: Subtree[] = [];
  readonly #root: Subtree;
  readonly #most: number;
  readonly #isBound: boolean;
  readonly #countsDelays: boolean;
  // One digit for each point, also where there is no choice.
  readonly #values: number[] = [];
  readonly #counts: number[] = [];
  /** How many values a digit may take: fewer than there are where the bound forbids the rest. */
  readonly #limits: number[] = [];
  /** The thread (by index) that a digit stands for, once it was taken; -1 for values, and for a digit just turned. */
  readonly #threads: number[] = [];
  /** Whether a digit other than 0 is a preemption. */
  readonly #preempts: boolean[] = [];
  #depth = 0;
  #length = 0;
  #cost = 0;
  #started = false;
  #bounded = false;
  /** New nodes from this depth on are given away. */
  #divideFrom = Number.POSITIVE_INFINITY;

  /** Without a bound: all schedules. */
  constructor(bound: CostBound | null = null, origin: Origin = { subtree: WHOLE_TREE }) {
    this.#most = bound?.most ?? Number.POSITIVE_INFINITY;
    this.#isBound = bound !== null;
    this.#countsDelays = bound?.of === "delays";
    if ("subtree" in origin) {
      this.#root = origin.subtree;
      return;
    }
    const { root, values, counts, limits, preempts, started, bounded } = origin.checkpoint as Checkpoint;
    this.#root = root;
    this.#values.push(...values);
    this.#counts.push(...counts);
    this.#limits.push(...limits);
    this.#preempts.push(...preempts);
    this.#threads.push(...values.map(() => -1));
    this.#length = values.length;
    this.#started = started;
    this.#bounded = bounded;
  }

  checkpoint(): Checkpoint {
    return {
      root: this.#root,
      values: this.#values.slice(0, this.#length),
      counts: this.#counts.slice(0, this.#length),
      limits: this.#limits.slice(0, this.#length),
      preempts: this.#preempts.slice(0, this.#length),
      started: this.#started,
      bounded: this.#bounded,
    };
  }

  divide(depth = 0): void {
    this.#divideFrom = depth;
  }

  get fraction(): number {
    const root = this.#root.prefix.length;
    if (this.#started && this.#length <= root) return 1;
    let share = 1;
    let done = 0;
    for (let depth = root; depth < this.#length; depth++) {
      const count = this.#limits[depth] ?? 1;
      done += (share * (this.#values[depth] ?? 0)) / count;
      share /= count;
    }
    return done;
  }

  get bounded(): boolean {
    return this.#bounded;
  }

  /** What the execution that has just ended cost. */
  get cost(): number {
    return this.#cost;
  }

  begin(): boolean {
    if (this.#started && !this.#turn()) return false;
    this.#started = true;
    this.#depth = 0;
    this.#cost = 0;
    return true;
  }

  /** On the way to the digit that was turned every choice is known. */
  knownThread(): number {
    const depth = this.#depth;
    if (depth >= this.#length) return -1;
    const thread = this.#threads[depth] ?? -1;
    if (thread < 0) return -1;
    this.#depth = depth + 1;
    if (this.#isBound) this.#pay(depth);
    return thread;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, _simulation: Simulation): number {
    if (this.#depth >= this.#divideFrom && this.#depth === this.#length && this.#depth >= this.#root.prefix.length) {
      this.#giveAway(false);
      return CUT;
    }
    const depth = this.#depth;
    const place = this.#pick(count, carriesOn);
    this.#threads[depth] = candidates[place]?.index ?? -1;
    return place;
  }

  pickValue(count: number): number {
    return this.#pick(count, false); // with delays, a value counts as one too: 0 is the plain choice
  }

  ended(simulation: Simulation): void {
    if (simulation.wasCut) return;
    if (this.#depth < this.#length) this.strayed = true;
    if (this.#divideFrom === Number.POSITIVE_INFINITY) return;
    this.#giveAway(true);
    simulation.cut();
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
      if (depth < this.#root.prefix.length) return this.#pickForced(depth, count, preempts);
      const limit = this.#limit(count, preempts);
      if (limit < count) this.#bounded = true;
      this.#values[depth] = 0;
      this.#counts[depth] = count;
      this.#limits[depth] = limit;
      this.#preempts[depth] = preempts;
      this.#threads[depth] = -1;
      this.#length++;
      return 0;
    }
    return this.#pay(depth);
  }

  // A digit above the root of a part.
  #pickForced(depth: number, count: number, preempts: boolean): number {
    const value = this.#root.prefix[depth] ?? 0;
    this.#values[depth] = value;
    this.#counts[depth] = count;
    this.#limits[depth] = value + 1;
    this.#preempts[depth] = preempts;
    this.#threads[depth] = -1;
    this.#length++;
    return this.#pay(depth);
  }

  #pay(depth: number): number {
    const value = this.#values[depth] ?? 0;
    if (this.#countsDelays) this.#cost += value;
    else if (value !== 0 && this.#preempts[depth] === true) this.#cost++;
    return value;
  }

  #giveAway(isLeaf: boolean): void {
    const root = this.#root.prefix.length;
    const limits = this.#limits.slice(root, Math.max(root, this.#depth));
    this.subtrees.push({
      prefix: this.#values.slice(0, this.#depth),
      sleep: [],
      share: limits.reduce((share, limit) => share / limit, this.#root.share),
      isLeaf,
    });
  }

  #limit(count: number, preempts: boolean): number {
    if (this.#countsDelays) return Math.min(count, this.#most - this.#cost + 1);
    return preempts && this.#cost >= this.#most ? 1 : count;
  }

  #turn(): boolean {
    while (this.#length > this.#root.prefix.length) {
      const last = this.#length - 1;
      const value = this.#values[last] ?? 0;
      if (value + 1 < (this.#limits[last] ?? 0)) {
        this.#values[last] = value + 1;
        this.#threads[last] = -1;
        return true;
      }
      this.#length--;
    }
    return false;
  }
}
