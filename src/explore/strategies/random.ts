// Random walk: every thread that can go is as likely as any other. Execution n is a function of (seed, n).

import { Prng } from "#base/prng";
import type { Thread } from "#kernel/thread";
import type { SamplingStrategy } from "#explore/strategy";
import type { Choice } from "#trace/schedule";

export class RandomWalk implements SamplingStrategy {
  readonly name = "random";
  readonly complete = false;
  readonly blocked = 0;
  readonly bounded = false;
  readonly #seed: number;
  #execution = 0;
  #prng = new Prng(0);
  #choices: Choice[] = [];

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
    return true;
  }

  pickThread(_candidates: readonly Thread[], count: number): number {
    return count === 1 ? 0 : this.pickValue(count);
  }

  pickValue(count: number): number {
    const value = this.#prng.below(count);
    this.#choices.push({ count, value });
    return value;
  }

  choices(): Choice[] {
    return this.#choices;
  }
}
