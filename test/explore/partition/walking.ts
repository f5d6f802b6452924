// A search done in parts, as workers do it, but in this thread: what the tests of parts compare with one plain search.

import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import type { Program } from "#explore/execution";
import { NO_WORK, reportOf, searchOf, TreeWork, type Roots } from "#explore/partition/tree-work";
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

export function resultOf(program: Program, options: ExploreOptions, work: TreeWork): unknown {
  return comparable(new Search(program, options, { standing: work.standing(null) }).result());
}

export function plainly(program: Program, options: ExploreOptions): unknown {
  return comparable(explore(program, options));
}
