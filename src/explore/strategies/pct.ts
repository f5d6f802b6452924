// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010; facts: explorer.md, C.7).
//
// Threads get random priorities; the highest that can go runs; at depth-1 random steps the running thread's priority
// drops below all others. An execution of n threads and k steps finds a bug of depth d with a probability of at
// least 1 / (n * k^(d-1)). n and k are the most seen so far, set-up left out; executions that were drawn before the longest one
// was seen, or with too few points, promise nothing. A thread that sleeps gets the lowest priority, so that a poller does not keep
// all others from going on; a bug that needs it to go on before them is then not covered by the promise, which says so, nor is
// one that needs certain values where the program chooses some.

import { Prng } from "#base/prng";
import type { Simulation } from "#kernel/simulation";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Guarantee, SamplingStrategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

/** What it has learned, and how far it has come; plain JSON. */
interface Checkpoint {
  readonly execution: number;
  readonly mostThreads: number;
  readonly mostSteps: number;
  readonly fullyDrawn: number;
  readonly slept: boolean;
  readonly chose: boolean;
}

export class Pct implements SamplingStrategy {
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
  /** 0 as long as no execution has ended. */
  #mostThreads = 0;
  #mostSteps = 1;
  /** Executions that were drawn for as many steps as the longest one has. */
  #fullyDrawn = 0;
  /** Whether any thread has slept, and so gone last. */
  #slept = false;
  /** Whether any step chose a value. */
  #chose = false;
  /** Threads of this execution that ended with the set-up. */
  #gone = 0;

  /**
   * @param depth the bug's depth, 1 or more: one more than the number of priority changes
   * @param checkpoint where another of the same seed and depth stood
   */
  constructor(seed: number, depth: number, checkpoint?: unknown) {
    this.#seed = seed;
    this.#depth = depth;
    if (checkpoint === undefined) return;
    const { execution, mostThreads, mostSteps, fullyDrawn, slept, chose } = checkpoint as Checkpoint;
    this.#execution = execution;
    this.#mostThreads = mostThreads;
    this.#mostSteps = mostSteps;
    this.#fullyDrawn = fullyDrawn;
    this.#slept = slept;
    this.#chose = chose;
  }

  checkpoint(): Checkpoint {
    return {
      execution: this.#execution,
      mostThreads: this.#mostThreads,
      mostSteps: this.#mostSteps,
      fullyDrawn: this.#fullyDrawn,
      slept: this.#slept,
      chose: this.#chose,
    };
  }

  skip(executions: number): void {
    this.#execution += executions;
    if (this.#mostThreads > 0) this.#fullyDrawn += executions;
  }

  learn(checkpoint: unknown): void {
    const { mostThreads, mostSteps, fullyDrawn, slept, chose } = checkpoint as Checkpoint;
    if (mostThreads === 0) return;
    this.#mostThreads = Math.max(this.#mostThreads, mostThreads);
    if (this.#depth === 1 || mostSteps === this.#mostSteps) this.#fullyDrawn += fullyDrawn;
    else if (mostSteps > this.#mostSteps) this.#fullyDrawn = fullyDrawn;
    this.#mostSteps = Math.max(this.#mostSteps, mostSteps);
    this.#slept ||= slept;
    this.#chose ||= chose;
  }

  get guarantee(): Guarantee | undefined {
    if (this.#mostThreads === 0) return undefined;
    const perExecution = 1 / (this.#mostThreads * this.#mostSteps ** (this.#depth - 1));
    return {
      depth: this.#depth,
      threads: this.#mostThreads,
      steps: this.#mostSteps,
      perExecution,
      together: 1 - (1 - perExecution) ** this.#fullyDrawn,
      executions: this.#fullyDrawn,
      nobodySlept: !this.#slept,
      nothingChosen: !this.#chose,
    };
  }

  begin(): boolean {
    this.#prng = new Prng(Math.imul(this.#seed, 0x9e37_79b1) + this.#execution++);
    this.#choices = [];
    this.#priorities = [];
    this.#step = 0;
    this.#gone = 0;
    this.#lowest = 0;
    this.#changes = new Map();
    for (let i = 1; i < this.#depth; i++) this.#changes.set(1 + this.#prng.below(this.#mostSteps), -i);
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    if (this.#step++ === 0) this.#gone = simulation.threads.filter(({ state }) => state === ThreadState.dead).length;
    else this.#drop(simulation.lastThread, carriesOn);
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
    this.#chose ||= count > 1;
    return value;
  }

  ended(simulation: Simulation): void {
    this.#mostThreads = Math.max(1, this.#mostThreads, simulation.threads.length - this.#gone);
    const isTooLong = this.#depth > 1 && this.#step > this.#mostSteps;
    if (simulation.newMarks !== null) this.#fullyDrawn = 0;
    else this.#fullyDrawn = isTooLong ? 0 : this.#fullyDrawn + 1;
    this.#mostSteps = Math.max(this.#mostSteps, this.#step);
  }

  choices(): Choice[] {
    return this.#choices;
  }

  // After its step `last` is at a point of change, or goes to sleep.
  #drop(last: Thread | null, carriesOn: boolean): void {
    if (last === null) return;
    const change = this.#changes.get(this.#step);
    if (change !== undefined) this.#priorities[last.index] = change;
    else if (!carriesOn && isTimed(last)) {
      this.#priorities[last.index] = -1_000 - ++this.#lowest;
      this.#slept = true;
    }
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

// A wait with a deadline goes on by itself, like a sleep.
function isTimed({ state, hasDeadline }: Thread): boolean {
  return state === ThreadState.sleeping || (state === ThreadState.blocked && hasDeadline);
}
