// Happens-before in one execution: program order, conflicts, and who woke or started whom, as vector clocks.
//
// Invariant: clock[i][t] is the number of steps of thread t that happen before or are step i's own.

import { objectOf, type Codes } from "#kernel/footprint";
import type { ThreadNode } from "#explore/dpor/node";

/** The clocks of an execution, and for each step the steps that come directly before it. */
export class HappensBefore {
  readonly #clocks: Int32Array[] = [];
  /** The place of each thread's steps. */
  readonly #ownIndex: number[] = [];
  /** For each step, the conflicting or waking steps that were looked at, latest first. */
  readonly predecessors: number[][] = [];

  constructor(path: readonly ThreadNode[], threads: number) {
    const accesses = new Accesses();
    const last: number[] = Array.from({ length: threads }, () => -1);
    const counts: number[] = Array.from({ length: threads }, () => 0);
    const wokenBy: number[][] = Array.from({ length: threads }, () => []);
    path.forEach((node, step) => {
      const before = node.failed ? last.filter((each) => each >= 0) : accesses.conflicting(node.footprint);
      const causes = wokenBy[node.thread] ?? [];
      wokenBy[node.thread] = [];
      const own = last[node.thread] ?? -1;
      this.#add(threads, node.thread, own, causes, before, counts);
      this.predecessors.push(before.filter((each) => path[each]?.thread !== node.thread));
      accesses.add(node.footprint, step);
      last[node.thread] = step;
      for (const woken of node.woken) if (woken.thread !== node.thread) wokenBy[woken.thread]?.push(step);
      if (own >= 0) this.#previous[step] = own;
      this.#causes[step] = causes;
    });
    this.#accesses = accesses;
    this.#threadOf = path.map((node) => node.thread);
  }

  readonly #previous: Record<number, number> = {};
  readonly #causes: Record<number, readonly number[]> = {};
  readonly #accesses: Accesses;
  readonly #threadOf: readonly number[];

  /** Whether step `a` happens before step `b` (or is it). */
  ordered(a: number, b: number): boolean {
    const thread = this.#threadOf[a] ?? 0;
    return (this.#clocks[b]?.[thread] ?? 0) >= (this.#ownIndex[a] ?? 0);
  }

  /** Other direct predecessors than conflicts: the thread's own step before, and who woke or started it. */
  othersBefore(step: number): readonly number[] {
    const own = this.#previous[step];
    const causes = this.#causes[step] ?? [];
    return own === undefined ? causes : [...causes, own];
  }

  /** The thread's last step before `place`; -1 when it took none. */
  lastStepBefore(thread: number, place: number): number {
    for (let step = place - 1; step >= 0; step--) if (this.#threadOf[step] === thread) return step;
    return -1;
  }

  /** Steps at the end of the execution that an operation with this footprint would conflict with. */
  conflictingAtEnd(footprint: Codes): number[] {
    return this.#accesses.conflicting(footprint);
  }

  #add(
    threads: number,
    thread: number,
    own: number,
    causes: readonly number[],
    before: readonly number[],
    counts: number[],
  ): void {
    const clock = own >= 0 ? (this.#clocks[own]?.slice() ?? new Int32Array(threads)) : new Int32Array(threads);
    for (const cause of causes) merge(clock, this.#clocks[cause]);
    for (const step of before) merge(clock, this.#clocks[step]);
    const index = (counts[thread] ?? 0) + 1;
    counts[thread] = index;
    clock[thread] = index;
    this.#clocks.push(clock);
    this.#ownIndex.push(index);
  }
}

function merge(into: Int32Array, from: Int32Array | undefined): void {
  if (from === undefined) return;
  for (let i = 0; i < into.length; i++) if ((from[i] ?? 0) > (into[i] ?? 0)) into[i] = from[i] ?? 0;
}

/** For each object, its last write and the reads since. */
class Accesses {
  readonly #objects = new Map<number, { write: number; reads: number[] }>();

  conflicting(footprint: Codes): number[] {
    const steps: number[] = [];
    for (const code of footprint) {
      const access = this.#objects.get(objectOf(code));
      if (access === undefined) continue;
      if (access.write >= 0 && !steps.includes(access.write)) steps.push(access.write);
      if ((code & 1) === 0) continue;
      for (const read of access.reads) if (!steps.includes(read)) steps.push(read);
    }
    return steps;
  }

  add(footprint: Codes, step: number): void {
    for (const code of footprint) {
      const object = objectOf(code);
      let access = this.#objects.get(object);
      if (access === undefined) this.#objects.set(object, (access = { write: -1, reads: [] }));
      if ((code & 1) === 0) access.reads.push(step);
      else {
        access.write = step;
        access.reads = [];
      }
    }
  }
}
