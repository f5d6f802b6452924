// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010; facts: explorer.md, C.7).
//
// Threads get random priorities; the highest that can go runs; at depth-1 random steps the running thread's priority
// drops below all others. An execution of n threads and k steps finds a bug of depth d with a probability of at
// least 1 / (n * k^(d-1)). n and k are the most seen so far. A thread that yields or sleeps gets the lowest priority.

import { Prng } from "#base/prng";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class Pct implements Strategy {
  readonly name = "pct";
  readonly complete = false;
  readonly blocked = 0;
  readonly bounded = false;
  readonly #seed: number;
  readonly #depth: number;
  #execution = 0;
  #prng = new Prng(0);
  #choices: Choice[] = [];
  /** By thread index; higher runs first. Initial ones are above the depth, changed ones below. */
  #priorities: number[] = [];
  #changes = new Map<number, number>();
  #step = 0;
  #lowest = 0;
  #mostThreads = 1;
  #mostSteps = 1;

  /** @param depth the bug's depth, 1 or more: one more than the number of priority changes */
  constructor(seed: number, depth: number) {
    this.#seed = seed;
    this.#depth = depth;
  }

  /** The least probability with which one execution finds a bug of this depth, by what has been seen. */
  get guarantee(): number {
    return 1 / (this.#mostThreads * this.#mostSteps ** (this.#depth - 1));
  }

  begin(): boolean {
    this.#prng = new Prng(Math.imul(this.#seed, 0x9e37_79b1) + this.#execution++);
    this.#choices = [];
    this.#priorities = [];
    this.#step = 0;
    this.#lowest = 0;
    this.#changes = new Map();
    for (let i = 1; i < this.#depth; i++) this.#changes.set(1 + this.#prng.below(this.#mostSteps), -i);
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    this.#step++;
    const last = simulation.lastThread;
    const change = this.#changes.get(this.#step);
    if (last !== null && change !== undefined) this.#priorities[last.index] = change;
    else if (last !== null && !carriesOn && last.state === ThreadState.sleeping)
      this.#priorities[last.index] = -1_000 - ++this.#lowest;
    let best = 0;
    for (let place = 1; place < count; place++) {
      if (this.#priorityOf(candidates[place]) > this.#priorityOf(candidates[best])) best = place;
    }
    if (count > 1) this.#choices.push({ count, value: best });
    return best;
  }

  pickValue(count: number): number {
    const value = this.#prng.below(count);
    this.#choices.push({ count, value });
    return value;
  }

  ended(simulation: Simulation): void {
    this.#mostThreads = Math.max(this.#mostThreads, simulation.threads.length);
    this.#mostSteps = Math.max(this.#mostSteps, this.#step);
  }

  choices(): Choice[] {
    return this.#choices;
  }

  #priorityOf(thread: Thread | undefined): number {
    if (thread === undefined) return Number.NEGATIVE_INFINITY;
    const known = this.#priorities[thread.index];
    if (known !== undefined) return known;
    const drawn = this.#depth + this.#prng.fraction();
    this.#priorities[thread.index] = drawn;
    return drawn;
  }
}
