// The Mazurkiewicz trace of an execution as a text: equal texts are equivalent executions.
//
// For each step, what it read and wrote, with how many writes that object had seen before: that fixes the order of every
// conflicting pair and nothing else. Steps that touch nothing are left out.

import type { Chooser } from "#kernel/chooser";
import type { Codes } from "#kernel/footprint";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";

/** Passes every question on, and keeps the trace of the execution. */
export class TraceWatcher implements Chooser {
  readonly #inner: Chooser;
  #writes = new Map<number, number>();
  #steps = new Map<number, string[]>();
  #last: Thread | null = null;
  #values: number[] = [];

  constructor(inner: Chooser) {
    this.#inner = inner;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    this.#note(simulation.footprint.take());
    const place = this.#inner.pickThread(candidates, count, carriesOn, simulation);
    this.#last = candidates[place] ?? null;
    return place;
  }

  pickValue(count: number, why: string, simulation: Simulation): number {
    const value = this.#inner.pickValue(count, why, simulation);
    this.#values.push(value);
    return value;
  }

  ended(simulation: Simulation): void {
    this.#note(simulation.footprint.take());
    this.#inner.ended?.(simulation);
  }

  /** The trace; call once for each execution. */
  take(): string {
    const text = [...this.#steps]
      .sort(([a], [b]) => a - b)
      .map(([thread, steps]) => `${thread}:${steps.join(" ")}`)
      .join("|");
    this.#writes = new Map();
    this.#steps = new Map();
    this.#last = null;
    this.#values = [];
    return text;
  }

  #note(codes: Codes): void {
    if (this.#last === null || (codes.length === 0 && this.#values.length === 0)) return;
    const parts: string[] = [];
    for (const code of [...codes].sort((a, b) => a - b)) {
      const object = Math.floor(code / 2);
      parts.push(`${code}@${this.#writes.get(object) ?? 0}`);
    }
    for (const code of codes) {
      const object = Math.floor(code / 2);
      if (code % 2 === 1) this.#writes.set(object, (this.#writes.get(object) ?? 0) + 1);
    }
    const steps = this.#steps.get(this.#last.id) ?? [];
    steps.push(`${parts.join(",")}${this.#values.length > 0 ? `=${this.#values.join()}` : ""}`);
    this.#values = [];
    this.#steps.set(this.#last.id, steps);
  }
}
