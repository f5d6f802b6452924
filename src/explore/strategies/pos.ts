// Partial-order sampling (Yuan, Yang, Gu, CAV 2018; facts: explorer.md, C.8).
//
// Each pending operation gets a random priority when it becomes pending, and the highest that can go runs. The operations
// that race with it, those pending on an object that its step touched, draw anew; so does the thread's next one.

import { Prng } from "#base/prng";
import { conflicts } from "#kernel/footprint";
import { OperationKind } from "#kernel/operation";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { SamplingStrategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class PartialOrderSampling implements SamplingStrategy {
  readonly name = "pos";
  readonly complete = false;
  readonly blocked = 0;
  readonly bounded = false;
  readonly #seed: number;
  #execution = 0;
  #prng = new Prng(0);
  #choices: Choice[] = [];
  /** By thread index: the priority of its pending operation. */
  #priorities: (number | undefined)[] = [];

  /** @param checkpoint where another of the same seed stood */
  constructor(seed: number, checkpoint?: unknown) {
    this.#seed = seed;
    if (checkpoint !== undefined) this.#execution = (checkpoint as { execution: number }).execution;
  }

  checkpoint(): { execution: number } {
    return { execution: this.#execution };
  }

  skip(executions: number): void {
    this.#execution += executions;
  }

  begin(): boolean {
    this.#prng = new Prng(Math.imul(this.#seed, 0x9e37_79b1) + this.#execution++);
    this.#choices = [];
    this.#priorities = [];
    return true;
  }

  pickThread(candidates: readonly Thread[], count: number, _carriesOn: boolean, simulation: Simulation): number {
    this.#forget(simulation);
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

  choices(): Choice[] {
    return this.#choices;
  }

  // After a step: its thread's next operation, and those that raced with it, draw anew.
  #forget(simulation: Simulation): void {
    const last = simulation.lastThread;
    if (last === null) return;
    this.#priorities[last.index] = undefined;
    const step = simulation.footprint.take();
    for (const thread of simulation.threads) {
      const object = thread.pendingObject;
      if (object === null) continue;
      const writes = thread.pendingKind === OperationKind.atomicRead ? 0 : 1;
      if (conflicts([object.number * 2 + writes], step)) this.#priorities[thread.index] = undefined;
    }
  }

  #priorityOf(thread: Thread | undefined): number {
    if (thread === undefined) return -1;
    return (this.#priorities[thread.index] ??= this.#prng.fraction());
  }
}
