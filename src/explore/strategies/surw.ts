// Selectively uniform random walk (Zhao, Huang, Sen, Wang, ASPLOS 2025; facts: explorer.md, C.9).
//
// Each execution draws one shared object; the order of the operations on it is sampled about uniformly: the thread that
// is intended to go next there is drawn by how many such operations each has left, as the executions so far have
// shown; others are held when they arrive at the object. The first execution is a random walk that only counts.

import { Prng } from "#base/prng";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Strategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class SelectivelyUniform implements Strategy {
  readonly name = "surw";
  readonly complete = false;
  readonly blocked = 0;
  readonly bounded = false;
  readonly #seed: number;
  #execution = 0;
  #prng = new Prng(0);
  #choices: Choice[] = [];
  /** Operations seen on each object, by thread id: of this execution, and the most of all. */
  #seen = new Map<number, Map<number, number>>();
  readonly #most = new Map<number, Map<number, number>>();
  /** The object of this execution; 0 for none. */
  #object = 0;
  /** How many operations on it each thread has left, by thread id. */
  #left = new Map<number, number>();
  #intended = 0;
  readonly #held = new Set<number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  begin(): boolean {
    this.#prng = new Prng(Math.imul(this.#seed, 0x9e37_79b1) + this.#execution++);
    this.#choices = [];
    this.#seen = new Map();
    this.#intended = 0;
    this.#held.clear();
    const shared = [...this.#most].filter(([, threads]) => threads.size > 1).map(([object]) => object);
    this.#object = shared.length === 0 ? 0 : (shared[this.#prng.below(shared.length)] ?? 0);
    this.#left = new Map(this.#most.get(this.#object) ?? []);
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number): number {
    const place = count === 1 ? 0 : this.#draw(candidates, count);
    const thread = candidates[place];
    if (count > 1) this.#choices.push({ count, value: place });
    if (thread !== undefined) this.#goes(thread);
    return place;
  }

  pickValue(count: number): number {
    const value = this.#prng.below(count);
    this.#choices.push({ count, value });
    return value;
  }

  ended(_simulation: Simulation): void {
    for (const [object, threads] of this.#seen) {
      const most = this.#most.get(object) ?? new Map<number, number>();
      for (const [thread, times] of threads) most.set(thread, Math.max(times, most.get(thread) ?? 0));
      this.#most.set(object, most);
    }
  }

  choices(): Choice[] {
    return this.#choices;
  }

  #draw(candidates: readonly Thread[], count: number): number {
    const places = Array.from({ length: count }, (_, place) => place);
    for (;;) {
      const free = places.filter((place) => !this.#held.has(candidates[place]?.id ?? 0));
      if (free.length === 0) {
        this.#held.clear();
        this.#intended = 0;
        continue;
      }
      const place = free[this.#prng.below(free.length)] ?? 0;
      const thread = candidates[place];
      if (thread === undefined || !this.#isAtObject(thread)) return place;
      if (this.#intended === 0) this.#intend(candidates.slice(0, count));
      if (thread.id === this.#intended) return place;
      this.#held.add(thread.id);
    }
  }

  // The thread that is to go next at the object, in proportion to what each has left there.
  #intend(candidates: readonly Thread[]): void {
    const weights = candidates.map((thread) => Math.max(1, this.#left.get(thread.id) ?? 0));
    let ticket = this.#prng.below(weights.reduce((sum, weight) => sum + weight, 0));
    const place = weights.findIndex((weight) => (ticket -= weight) < 0);
    this.#intended = candidates[place]?.id ?? 0;
  }

  #goes(thread: Thread): void {
    const object = thread.pendingObject?.number ?? 0;
    const threads = this.#seen.get(object) ?? new Map<number, number>();
    threads.set(thread.id, (threads.get(thread.id) ?? 0) + 1);
    this.#seen.set(object, threads);
    if (!this.#isAtObject(thread)) return;
    this.#left.set(thread.id, (this.#left.get(thread.id) ?? 1) - 1);
    this.#intended = 0;
    this.#held.clear();
  }

  #isAtObject(thread: Thread): boolean {
    return this.#object !== 0 && thread.pendingObject?.number === this.#object;
  }
}
