// Replaying an order of threads as far as it goes: what shrinking tries, which may no longer fit exactly.
//
// At each point the next thread of the order goes if it can; an entry whose thread cannot go is dropped. When the order is
// used up, the thread that would carry on does. Values chosen inside steps belong to their threads, each thread's in its
// own order, so that they stay with their steps when the steps of different threads are reordered.
// What happens is noted, step by step, for whoever wants to know which step came because of which.

import type { Chooser } from "#kernel/chooser";
import type { Codes } from "#kernel/footprint";
import type { KernelObject } from "#kernel/kernel-object";
import type { Simulation } from "#kernel/simulation";
import type { Thread } from "#kernel/thread";
import type { Watcher } from "#kernel/watcher";
import type { Choice } from "#trace/schedule";

/** Which thread takes each step, and the values that each thread chooses; threads by their ids. */
export interface Order {
  readonly threads: readonly number[];
  readonly values: ReadonlyMap<number, readonly number[]>;
}

/** One step as it was taken. */
export interface TakenStep {
  /** The thread's id. */
  readonly thread: number;
  readonly footprint: Codes;
  /** The ids of the threads that it woke, started or refused. */
  readonly woken: readonly number[];
}

export class LenientReplay implements Chooser, Watcher {
  readonly #order: Order;
  readonly #valuePlaces = new Map<number, number>();
  #place = 0;
  #woken: number[] = [];
  /** What was chosen: the exact schedule of this execution. */
  readonly choices: Choice[] = [];
  /** The thread (by id) of each step. */
  readonly threads: number[] = [];
  readonly values: Map<number, number[]> = new Map();
  readonly #footprints: Codes[] = [];
  readonly #wokenBy: number[][] = [];
  preemptions = 0;
  switches = 0;

  constructor(order: Order) {
    this.#order = order;
  }

  pickThread(candidates: readonly Thread[], count: number, carriesOn: boolean, simulation: Simulation): number {
    this.#endStep(simulation);
    simulation.watcher = this;
    const place = this.#nextPlace(candidates, count);
    const thread = candidates[place]?.id ?? 0;
    if (carriesOn && place !== 0) this.preemptions++;
    if (this.threads.length > 0 && this.threads.at(-1) !== thread) this.switches++;
    this.threads.push(thread);
    this.#woken = [];
    if (count > 1) this.choices.push({ count, value: place });
    return place;
  }

  pickValue(count: number, _why: string, simulation: Simulation): number {
    const thread = simulation.current?.id ?? 0;
    const place = this.#valuePlaces.get(thread) ?? 0;
    this.#valuePlaces.set(thread, place + 1);
    const wanted = this.#order.values.get(thread)?.[place] ?? 0;
    const value = wanted < count ? wanted : 0;
    const taken = this.values.get(thread);
    if (taken === undefined) this.values.set(thread, [value]);
    else taken.push(value);
    this.choices.push({ count, value });
    return value;
  }

  ended(simulation: Simulation): void {
    this.#endStep(simulation);
  }

  /** All steps that were taken; complete when the execution is over. */
  get steps(): TakenStep[] {
    return this.threads.map((thread, place) => ({
      thread,
      footprint: this.#footprints[place] ?? [],
      woken: this.#wokenBy[place] ?? [],
    }));
  }

  // --- the watcher ---

  taken(_object: KernelObject): void {}

  refused(thread: Thread): void {
    this.#woken.push(thread.id);
  }

  woken(thread: Thread, by: Thread | null): void {
    if (by !== null) this.#woken.push(thread.id);
  }

  #nextPlace(candidates: readonly Thread[], count: number): number {
    const { threads } = this.#order;
    while (this.#place < threads.length) {
      const wanted = threads[this.#place++];
      for (let place = 0; place < count; place++) if (candidates[place]?.id === wanted) return place;
    }
    return 0;
  }

  #endStep(simulation: Simulation): void {
    if (this.threads.length === 0) return;
    this.#footprints.push(simulation.footprint.take());
    this.#wokenBy.push(this.#woken);
  }
}
