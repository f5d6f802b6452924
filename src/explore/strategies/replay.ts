// Replaying a schedule: the same choices, checked against how many threads could go at each.

import { CUT, type Chooser } from "#kernel/chooser";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";

/** Where a schedule stopped fitting. */
export interface Divergence {
  /** The choice, counted from 1. */
  readonly choice: number;
  /** How many alternatives the schedule had there; null when it has no such choice. */
  readonly expected: number | null;
  /** How many there are now; null when the execution ended before. */
  readonly found: number | null;
}

export class Replay implements Chooser {
  readonly #choices: readonly Choice[];
  #place = 0;
  #divergence: Divergence | null = null;
  /** Switches away from a thread that could have gone on. */
  preemptions = 0;

  constructor(choices: readonly Choice[]) {
    this.#choices = choices;
  }

  pickThread(_candidates: readonly Thread[], count: number, carriesOn: boolean): number {
    if (count === 1) return 0;
    const value = this.#next(count);
    if (value === null) return CUT;
    if (carriesOn && value !== 0) this.preemptions++;
    return value;
  }

  pickValue(count: number, _why: string, simulation: Simulation): number {
    const value = this.#next(count);
    if (value === null) simulation.cut();
    return value ?? 0;
  }

  /** The choices that it is to make. */
  choices(): readonly Choice[] {
    return this.#choices;
  }

  /** The first difference, once the execution is over; null when the schedule fits. */
  get divergence(): Divergence | null {
    if (this.#divergence !== null || this.#place === this.#choices.length) return this.#divergence;
    return { choice: this.#place + 1, expected: this.#choices[this.#place]?.count ?? null, found: null };
  }

  #next(count: number): number | null {
    const choice = this.#choices[this.#place];
    if (choice === undefined || choice.count !== count) {
      this.#divergence ??= { choice: this.#place + 1, expected: choice?.count ?? null, found: count };
      return null;
    }
    this.#place++;
    return choice.value;
  }
}
