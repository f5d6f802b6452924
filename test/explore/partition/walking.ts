// A search done in parts, as workers do it, but in this thread: what the tests of parts compare with one plain search.

import { SeenFootprints } from "#explore/dpor/seen";
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

/** Explores part after part, two of which know only what they are told of each other; gives the work when all is done. */
export function walked(program: Program, options: ExploreOptions, { pause, divides, roots = all }: Walking): TreeWork {
  const work = new TreeWork(NO_WORK);
  work.startAgain(roots([]));
  let seen = [new SeenFootprints(), new SeenFootprints()];
  for (let turn = 0; !work.isOver; turn++) {
    for (const [place, part] of work.take(3).entries()) {
      const worker = (turn + place) % seen.length;
      const own = seen[worker] ?? new SeenFootprints();
      own.takeNews();
      own.learn(throughJson(work.knowledge.newsFor(worker)));
      const search = searchOf(program, options, throughJson(part), work.marks, undefined, own);
      let left = pause + (turn % 5);
      const isOver = search.advance(() => left-- <= 0);
      const report = throughJson(reportOf(search, divides && !isOver));
      work.knowledge.add(throughJson(own.takeNews()), worker);
      work.put(part, report);
    }
    if (work.newMarks !== null) {
      work.startAgain(roots(work.newMarks));
      seen = [new SeenFootprints(), new SeenFootprints()];
    }
  }
  return work;
}

/**
 * Explored by two in turns, so many executions each, as two cores would: who has nothing to do has the other divide what he has.
 * Needs a program without marks.
 * @param rounds after so many all is put aside, as a file would hold it, and taken up again
 */
export function together(
  program: Program,
  options: ExploreOptions,
  turn: number,
  rounds = Number.POSITIVE_INFINITY,
): TreeWork {
  let work = new TreeWork(NO_WORK);
  work.startAgain(all([]));
  let workers = newWorkers();
  for (let round = 1; !work.isOver; round++) {
    for (const worker of workers) {
      worker.at ??= occupation(program, options, work, worker.number, worker.seen);
      if (worker.at === null) continue;
      let left = turn;
      const isOver = worker.at.search.advance(() => left-- <= 0);
      const isDivided = !isOver && worker.at.search.canDivide && workers.some(({ at }) => at === null);
      if (isOver || isDivided) comeBack(work, worker, isDivided);
    }
    if (round !== rounds) continue;
    for (const worker of workers) comeBack(work, worker, false);
    work = new TreeWork(throughJson(work.save()));
    workers = newWorkers();
  }
  return work;
}

interface Worker {
  readonly number: number;
  readonly seen: SeenFootprints;
  at: Occupation | null;
}

function newWorkers(): readonly Worker[] {
  const workers = [0, 1].map((number) => ({ number, seen: new SeenFootprints(), at: null }));
  for (const { seen } of workers) seen.takeNews();
  return workers;
}

function comeBack(work: TreeWork, worker: Worker, divides: boolean): void {
  if (worker.at === null) return;
  const report = throughJson(reportOf(worker.at.search, divides));
  work.knowledge.add(throughJson(worker.seen.takeNews()), worker.number);
  work.put(worker.at.part, report);
  worker.at = null;
}

interface Occupation {
  readonly part: OpenPart;
  readonly search: Search;
}

function occupation(
  program: Program,
  options: ExploreOptions,
  work: TreeWork,
  worker: number,
  seen: SeenFootprints,
): Occupation | null {
  const [part, ...others] = work.take(1_000);
  for (const other of others) work.put(other, null);
  if (part === undefined) return null;
  seen.learn(throughJson(work.knowledge.newsFor(worker)));
  return { part, search: searchOf(program, options, throughJson(part), work.marks, undefined, seen) };
}

export function resultOf(program: Program, options: ExploreOptions, work: TreeWork): unknown {
  return comparable(new Search(program, options, { standing: work.standing(null) }).result());
}

export function plainly(program: Program, options: ExploreOptions): unknown {
  return comparable(explore(program, options));
}
