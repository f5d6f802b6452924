// Selectively uniform random walk (Zhao, Huang, Sen, Wang, ASPLOS 2025, algorithm 2; facts: explorer.md, C.9).
//
// Each execution draws one shared object; the orders of the operations on it are sampled uniformly, as far as their number
// is known. The thread that is intended to go next there is drawn by how many such operations it has left, those of the
// threads included that it has yet to spawn; others are held when they arrive at the object. A thread that is spawned by
// the intended one takes the intent over in proportion to its share. How many operations there are is the most that
// the executions so far have shown; the first one is a random walk that only counts.

import { Prng } from "#base/prng";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import type { SamplingStrategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** No object, and no thread: numbers and ids begin with 1. */
const NONE = 0;

/** What it has learned, and how far it has come; plain JSON. */
interface Checkpoint {
  readonly execution: number;
  /** By object: threads and how often each was there at most. */
  readonly most: readonly (readonly [number, readonly (readonly [number, number])[]])[];
  readonly parents: readonly (readonly [number, number])[];
}

export class SelectivelyUniform implements SamplingStrategy {
  readonly name = "surw";
  readonly complete = false;
  readonly blocked = 0;
  readonly bounded = false;
  readonly #seed: number;
  #execution: number;
  #prng = new Prng(0);
  #choices: Choice[] = [];
  /** Operations on each object, by thread id: of this execution so far, and the most of all. */
  #seen = new Map<number, Map<number, number>>();
  readonly #most: Map<number, Map<number, number>>;
  /** Who spawned a thread, by id, in any execution. */
  readonly #parents: Map<number, number>;
  /** Threads of this execution that were looked at: as many as there were at its last step. */
  #known = 0;
  /** The object of this execution. */
  #object = NONE;
  /** How many operations on it each thread has left, by id, as far as is known. */
  #left = new Map<number, number>();
  #intended = NONE;
  readonly #held = new Set<number>();

  /** @param checkpoint where another of the same seed stood */
  constructor(seed: number, checkpoint?: unknown) {
    this.#seed = seed;
    const { execution, most, parents } = (checkpoint ?? { execution: 0, most: [], parents: [] }) as Checkpoint;
    this.#execution = execution;
    this.#most = new Map(most.map(([object, threads]) => [object, new Map(threads)]));
    this.#parents = new Map(parents);
  }

  checkpoint(): Checkpoint {
    return {
      execution: this.#execution,
      most: [...this.#most].map(([object, threads]) => [object, [...threads]]),
      parents: [...this.#parents],
    };
  }

  skip(executions: number): void {
    this.#execution += executions;
  }

  begin(): boolean {
    this.#prng = new Prng(Math.imul(this.#seed, 0x9e37_79b1) + this.#execution++);
    this.#choices = [];
    this.#seen = new Map();
    this.#known = 0;
    this.#intended = NONE;
    this.#held.clear();
    const shared = [...this.#most].filter(([, threads]) => threads.size > 1).map(([object]) => object);
    this.#object = shared.length === 0 ? NONE : (shared[this.#prng.below(shared.length)] ?? NONE);
    this.#left = new Map(this.#most.get(this.#object) ?? []);
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, _carriesOn: boolean, simulation: Simulation): number {
    this.#meetSpawned(simulation);
    const place = count === 1 ? 0 : this.#draw(candidates, count, simulation);
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

  // Whoever is new was spawned in the step that has just ended; the intent may have been meant for it.
  #meetSpawned(simulation: Simulation): void {
    const { threads, lastThread } = simulation;
    if (this.#known === 0) this.#known = threads.length; // nobody spawned those who are there from the beginning
    for (; this.#known < threads.length; this.#known++) {
      const thread = threads[this.#known];
      if (thread === undefined || lastThread === null) continue;
      this.#parents.set(thread.id, lastThread.id);
      if (this.#intended !== lastThread.id) continue;
      const weights = this.#weights(threads.slice(0, this.#known + 1));
      const share = weights.get(thread.id) ?? 0;
      const whole = share + (weights.get(lastThread.id) ?? 0);
      if (whole > 0 && this.#prng.below(whole) < share) this.#intended = thread.id;
    }
  }

  #draw(candidates: readonly Thread[], count: number, simulation: Simulation): number {
    const places = Array.from({ length: count }, (_, place) => place);
    for (;;) {
      const free = places.filter((place) => !this.#held.has(candidates[place]?.id ?? NONE));
      if (free.length === 0) {
        // The intended one cannot go: one of those who wait at the object does, even if none of them was known to come there.
        this.#held.clear();
        this.#intend(candidates.slice(0, count), simulation);
        if (this.#intended === NONE) return this.#prng.below(count);
        continue;
      }
      const place = free[this.#prng.below(free.length)] ?? 0;
      const thread = candidates[place];
      if (thread === undefined || !this.#isAtObject(thread)) return place;
      if (this.#intended === NONE) this.#intend(simulation.threads, simulation);
      if (this.#intended === thread.id || this.#intended === NONE) return place;
      this.#held.add(thread.id);
    }
  }

  // One of `among`, in proportion to what each has left at the object; nobody when nothing is known to be left.
  #intend(among: readonly Thread[], simulation: Simulation): void {
    const weights = this.#weights(simulation.threads);
    const alive = among.filter((thread) => thread.state !== ThreadState.dead);
    const whole = alive.reduce((sum, thread) => sum + (weights.get(thread.id) ?? 0), 0);
    this.#intended = NONE;
    if (whole === 0) return;
    let ticket = this.#prng.below(whole);
    this.#intended = alive.find((thread) => (ticket -= weights.get(thread.id) ?? 0) < 0)?.id ?? NONE;
  }

  // What each of the threads that there are has left, with those that it, or a child of it, has yet to spawn.
  #weights(threads: readonly Thread[]): Map<number, number> {
    const born = new Set(threads.map((thread) => thread.id));
    const weights = new Map<number, number>();
    for (const [id, left] of this.#left) {
      let bearer: number | undefined = id;
      while (bearer !== undefined && !born.has(bearer)) bearer = this.#parents.get(bearer);
      if (bearer !== undefined) weights.set(bearer, (weights.get(bearer) ?? 0) + left);
    }
    return weights;
  }

  #goes(thread: Thread): void {
    const object = thread.pendingObject?.number ?? NONE;
    if (object === NONE) return;
    const threads = this.#seen.get(object) ?? new Map<number, number>();
    threads.set(thread.id, (threads.get(thread.id) ?? 0) + 1);
    this.#seen.set(object, threads);
    if (object !== this.#object) return;
    this.#left.set(thread.id, Math.max(0, (this.#left.get(thread.id) ?? 0) - 1));
    this.#intended = NONE;
    this.#held.clear();
  }

  #isAtObject(thread: Thread): boolean {
    return this.#object !== NONE && thread.pendingObject?.number === this.#object;
  }
}
