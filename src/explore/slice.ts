// Which steps of an execution came because of which, and orders of the same steps with fewer switches.
//
// A step comes after its thread's step before, after the steps that woke or started its thread, and after every earlier
// step whose footprint conflicts with its own. Every order that keeps to that is an execution of the same trace and ends
// alike; so does one that leaves out steps on which nothing that is kept depends (facts: explorer.md, C.11, 5 and 6).

import { objectOf } from "#kernel/footprint";
import type { TakenStep } from "#explore/lenient";

/** Orders that are carried on beside each other while the one with the fewest switches is looked for. */
const WIDTH = 48;

/** An operation that was still waiting at the end: what it needed, it would have had to come after. */
export interface WaitingOperation {
  /** The thread's id. */
  readonly thread: number;
  /** The number of the object that it waits for; 0 for none. */
  readonly object: number;
}

/** How far an order has come. */
interface Beginning {
  /** For each thread, how many of its steps are in. */
  readonly taken: readonly number[];
  readonly run: readonly number[];
  readonly before: Beginning | null;
  /** Wanted steps that are still missing. */
  readonly missing: number;
}

/** One execution's steps, by their places in it, and what each depends on. */
export class Causes {
  readonly #steps: readonly TakenStep[];
  /** For each step, the steps that come directly before it. */
  readonly #before: number[][] = [];
  readonly #threads: number[] = [];
  /** For each thread, by its place in `#threads`, its steps. */
  readonly #own: number[][] = [];
  /** For each step, its thread's place in `#threads`, and which of the thread's steps it is. */
  readonly #threadPlace: number[] = [];
  readonly #ordinal: number[] = [];
  readonly #accesses = new Accesses();

  constructor(steps: readonly TakenStep[]) {
    this.#steps = steps;
    const wokenBy = new Map<number, number[]>();
    steps.forEach(({ thread, footprint, woken }, step) => {
      const place = this.#placeOf(thread);
      const own = this.#own[place] ?? [];
      const before = this.#accesses.conflicting(footprint);
      const previous = own.at(-1);
      if (previous !== undefined) before.push(previous);
      before.push(...(wokenBy.get(thread) ?? []));
      wokenBy.delete(thread);
      for (const each of woken) if (each !== thread) wokenBy.set(each, [...(wokenBy.get(each) ?? []), step]);
      this.#before.push(before);
      this.#threadPlace.push(place);
      this.#ordinal.push(own.length);
      own.push(step);
      this.#accesses.add(footprint, step);
    });
  }

  /** The steps without which `roots` could not have been taken, the roots among them. */
  pastOf(roots: readonly number[]): Set<number> {
    const past = new Set(roots);
    // A set visits what is added while it is walked.
    for (const step of past) for (const before of this.#before[step] ?? []) past.add(before);
    return past;
  }

  /** The last steps of these threads. */
  lastSteps(threads: readonly number[]): number[] {
    return threads.flatMap((thread) => this.#own[this.#threads.indexOf(thread)]?.at(-1) ?? []);
  }

  /** For operations that never ran: their threads' last steps, and the steps that they would have come after. */
  rootsOfWaiting(waiting: readonly WaitingOperation[]): number[] {
    const objects = waiting.filter(({ object }) => object > 0).map(({ object }) => object * 2 + 1);
    return [...this.lastSteps(waiting.map(({ thread }) => thread)), ...this.#accesses.conflicting(objects)];
  }

  /**
   * An order of steps that holds all of `wanted`, with few switches: each thread goes on for as long as its next step is
   * one of `allowed` and may come. Steps that the wanted ones do not need are left out, but for those on the way.
   */
  order(wanted: ReadonlySet<number>, allowed: ReadonlySet<number> = wanted, behind: readonly number[] = []): number[] {
    let level: Beginning[] = [this.#start(wanted, behind)];
    while (level.every(({ missing }) => missing > 0)) {
      const next = new Map<string, Beginning>();
      for (const partial of level) {
        for (let thread = 0; thread < this.#threads.length; thread++) {
          const longer = this.#runOn(partial, thread, wanted, allowed);
          if (longer === null) continue;
          const key = longer.taken.join();
          if (!next.has(key)) next.set(key, longer);
        }
      }
      if (next.size === 0) break;
      level = [...next.values()].sort((a, b) => a.missing - b.missing).slice(0, WIDTH);
    }
    return wholeOrder(level.find(({ missing }) => missing === 0) ?? null);
  }

  /** Threads, one for each step of an order. */
  threadsOf(order: readonly number[]): number[] {
    return order.map((step) => this.#steps[step]?.thread ?? 0);
  }

  #start(wanted: ReadonlySet<number>, behind: readonly number[]): Beginning {
    const taken = this.#threads.map(() => 0);
    let missing = wanted.size;
    for (const step of behind) {
      const place = this.#threadPlace[step] ?? 0;
      taken[place] = (taken[place] ?? 0) + 1;
      if (wanted.has(step)) missing--;
    }
    return { taken, run: behind, before: null, missing };
  }

  // The thread goes on until its next step may not come, or nothing is missing; null when it cannot go at all.
  #runOn(from: Beginning, thread: number, wanted: ReadonlySet<number>, allowed: ReadonlySet<number>): Beginning | null {
    const own = this.#own[thread] ?? [];
    const taken = [...from.taken];
    const run: number[] = [];
    let { missing } = from;
    for (let at = taken[thread] ?? 0; missing > 0; at++) {
      const step = own[at];
      if (step === undefined || !allowed.has(step) || !this.#mayCome(step, taken)) break;
      run.push(step);
      taken[thread] = at + 1;
      if (wanted.has(step)) missing--;
    }
    return run.length === 0 ? null : { taken, run, before: from, missing };
  }

  #mayCome(step: number, taken: readonly number[]): boolean {
    const isIn = (each: number): boolean => (taken[this.#threadPlace[each] ?? 0] ?? 0) > (this.#ordinal[each] ?? 0);
    return (this.#before[step] ?? []).every(isIn);
  }

  #placeOf(thread: number): number {
    const known = this.#threads.indexOf(thread);
    if (known >= 0) return known;
    this.#threads.push(thread);
    this.#own.push([]);
    return this.#threads.length - 1;
  }
}

function wholeOrder(last: Beginning | null): number[] {
  const runs: (readonly number[])[] = [];
  for (let partial = last; partial !== null; partial = partial.before) runs.unshift(partial.run);
  return runs.flat();
}

/** For each object, its last write and the reads since. */
class Accesses {
  readonly #objects = new Map<number, { write: number; reads: number[] }>();

  conflicting(footprint: readonly number[]): number[] {
    const steps: number[] = [];
    for (const code of footprint) {
      const access = this.#objects.get(objectOf(code));
      if (access === undefined) continue;
      if (access.write >= 0) steps.push(access.write);
      if ((code & 1) === 1) steps.push(...access.reads);
    }
    return steps;
  }

  add(footprint: readonly number[], step: number): void {
    for (const code of footprint) {
      const object = objectOf(code);
      const access = this.#objects.get(object);
      if ((code & 1) === 1) this.#objects.set(object, { write: step, reads: [] });
      else if (access === undefined) this.#objects.set(object, { write: -1, reads: [step] });
      else access.reads.push(step);
    }
  }
}
