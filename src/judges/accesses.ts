// Data that races is explored again, with points before its accesses (src/kernel/access-point.ts): when that is done, and how it is told.
//
// Plain accesses are atomic within their step in the first search, so what two halves of them do to each other was not tried there.

import type { ExploreOptions, ExploreResult } from "#explore/explorer";
import type { RacyData } from "#judges/sample";
import { listed } from "#report/text";
import { coverageSentence } from "#report/words";

export const ACCESSES = ["auto", "points", "whole"] as const;

/** "whole": never; "points": whenever data races; "auto": when the search has found nothing by itself. */
export type Accesses = (typeof ACCESSES)[number];

/** Executions at most where nobody says how many, or as many as the first search had: nobody has asked for this one. */
const EXECUTIONS_LEAST = 10_000;

/**
 * The options of the search with points; null where there is nothing to search, or no time left.
 * @param search the first one's options, with `maxExecutions` where somebody has said how many
 */
export function searchOfAccesses(
  { racy, first, how }: { readonly racy: readonly RacyData[]; readonly first: ExploreResult; readonly how: Accesses },
  search: ExploreOptions,
): ExploreOptions | null {
  if (racy.length === 0 || how === "whole" || (how === "auto" && first.findings.length > 0)) return null;
  const left = (search.maxMilliseconds ?? Number.POSITIVE_INFINITY) - first.milliseconds;
  if (left <= 0) return null;
  const usual = Math.max(EXECUTIONS_LEAST, first.executions + first.blocked);
  const marks = new Set([...(search.simulation?.marks ?? []), ...racy.flatMap(({ numbers }) => numbers)]);
  return {
    ...search,
    maxExecutions: search.maxExecutions ?? usual,
    ...(left === Number.POSITIVE_INFINITY ? {} : { maxMilliseconds: left }),
    simulation: { ...search.simulation, marks },
  };
}

/** What that search covered, and what it did not, in a sentence. */
export function accessWords(racy: readonly RacyData[], result: ExploreResult): string {
  const covered = coverageSentence(result).replace("plain accesses atomic", "other plain accesses atomic");
  const data = listed(racy.map(({ name }) => name));
  return `explored again with points before the accesses of ${data}: ${covered}.`;
}
