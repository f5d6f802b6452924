// Replaying an order of threads as far as it goes: what shrinking tries, which may no longer fit exactly.
//
// At each point the next thread of the order goes if it can; an entry whose thread cannot go is dropped. When the order is
// used up, the thread that would carry on does. Values chosen inside steps are taken from their own list.

import type { Chooser } from "#kernel/chooser";
import type { Thread } from "#kernel/thread";
import type { Choice } from "#trace/schedule";

export class LenientReplay implements Chooser {
  readonly #order: readonly number[];
  readonly #values: readonly number[];
  #place = 0;
  #valuePlace = 0;
  /** What was chosen: the exact schedule of this execution. */
  readonly choices: Choice[] = [];
  /** The thread (by index) of each step, and whether it was a preemption. */
  readonly steps: { readonly thread: number; readonly preempts: boolean }[] = [];
  readonly values: number[] = [];
  preemptions = 0;
  switches = 0;

  constructor(order: readonly number[], values: readonly number[]) {
    this.#order = order;
    this.#values = values;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean): number {
    let place = 0;
    for (; this.#place < this.#order.length; this.#place++) {
      const wanted = candidates.findIndex((thread, at) => at < count && thread.index === this.#order[this.#place]);
      if (wanted < 0) continue;
      place = wanted;
      this.#place++;
      break;
    }
    const thread = candidates[place]?.index ?? 0;
    const preempts = carriesOn && place !== 0;
    if (preempts) this.preemptions++;
    if (this.steps.length > 0 && this.steps.at(-1)?.thread !== thread) this.switches++;
    this.steps.push({ thread, preempts });
    if (count > 1) this.choices.push({ count, value: place });
    return place;
  }

  pickValue(count: number): number {
    const wanted = this.#values[this.#valuePlace++] ?? 0;
    const value = wanted < count ? wanted : 0;
    this.values.push(value);
    this.choices.push({ count, value });
    return value;
  }
}
