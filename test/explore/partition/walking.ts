// A search done in parts, as workers do it, but in this thread: what the tests of parts compare with one plain search.

import { Prng } from "#base/prng";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import type { Program } from "#explore/execution";
import { reportOf, searchOf, type OpenPart } from "#explore/partition/open-part";
import { NO_WORK, TreeWork, type Roots } from "#explore/partition/tree-work";
import { Search } from "#explore/search";
import { WHOLE_TREE } from "#explore/strategy";

export const all = (marks: readonly number[]): Roots => ({ marks, parts: [WHOLE_TREE], blocked: 0, others: [] });

/** Whatever leaves a process and comes back. */
export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** A result without what has nothing to do with what was found: times, and the stacks of the explorer itself. */
export function comparable(result: ExploreResult): unknown {
  return JSON.parse(
    JSON.stringify({ ...result, milliseconds: 0 }, (key, value: unknown) => (key === "stack" ? "" : value)),
  );
}

export interface Walking {
  /** Executions of a part before it is put aside; infinity for all. */
  readonly pause: number;
  /** Whether it is then divided. */
  readonly divides: boolean;
  readonly roots?: (marks: readonly number[]) => Roots;
}

/** Explores part after part; gives the work when all is done. */
export function walked(program: Program, options: ExploreOptions, { pause, divides, roots = all }: Walking): TreeWork {
  const work = new TreeWork(NO_WORK);
  work.startAgain(roots([]));
  for (let turn = 0; !work.isOver; turn++) {
    for (const part of work.take(3)) {
      const search = searchOf(program, options, throughJson(part), work.marks);
      let left = pause + (turn % 5);
      const isOver = search.advance(() => left-- <= 0);
      work.put(part, throughJson(reportOf(search, divides && !isOver)));
    }
    if (work.newMarks !== null) work.startAgain(roots(work.newMarks));
  }
  return work;
}

/** How several explore at once: a function of the seed. */
export interface Timing {
  readonly seed: number;
  readonly workers: number;
  /** Executions in one go, at most. */
  readonly turn: number;
  /** After so many rounds all is put aside, as a file would hold it, and taken up again; never when it is left out. */
  readonly rounds?: number;
}

/** Explored by several, as cores would: each makes some executions in turn, and who has nothing to do has another divide what he has. */
export function together(program: Program, options: ExploreOptions, timing: Timing): TreeWork {
  const { seed, turn, rounds = Number.POSITIVE_INFINITY } = timing;
  const prng = new Prng(seed);
  let work = new TreeWork(NO_WORK);
  work.startAgain(all([]));
  let workers = newWorkers(timing.workers);
  for (let round = 1; !work.isOver; round++) {
    for (const worker of workers) {
      if (work.newMarks !== null) break;
      worker.at ??= occupation(program, options, work);
      if (worker.at === null) continue;
      let left = 1 + prng.below(turn);
      const isOver = worker.at.search.advance(() => left-- <= 0);
      const isDivided = !isOver && worker.at.search.canDivide && workers.some(({ at }) => at === null);
      if (isOver || isDivided) comeBack(work, worker, isDivided);
    }
    const { newMarks } = work;
    if (newMarks === null && round !== rounds) continue;
    for (const worker of workers) comeBack(work, worker, false);
    if (newMarks === null) work = new TreeWork(throughJson(work.save()));
    else work.startAgain(all(newMarks));
    workers = newWorkers(timing.workers);
  }
  return work;
}

interface Worker {
  at: Occupation | null;
}

function newWorkers(count: number): readonly Worker[] {
  return Array.from({ length: count }, () => ({ at: null }));
}

function comeBack(work: TreeWork, worker: Worker, divides: boolean): void {
  if (worker.at === null) return;
  work.put(worker.at.part, throughJson(reportOf(worker.at.search, divides)));
  worker.at = null;
}

interface Occupation {
  readonly part: OpenPart;
  readonly search: Search;
}

function occupation(program: Program, options: ExploreOptions, work: TreeWork): Occupation | null {
  const [part, ...others] = work.take(1_000);
  for (const other of others) work.put(other, null);
  if (part === undefined) return null;
  return { part, search: searchOf(program, options, throughJson(part), work.marks) };
}

export function resultOf(program: Program, options: ExploreOptions, work: TreeWork): unknown {
  return comparable(new Search(program, options, { standing: work.standing(null) }).result());
}

export function plainly(program: Program, options: ExploreOptions): unknown {
  return comparable(explore(program, options));
}
