// Exploring again with points before the accesses to data that races (src/kernel/access-point.ts), once a judge has named it.
//
// Plain accesses are atomic within their step in the first search, so what two halves of them do to each other was not tried there.

import { executionsOf, type Bounds } from "#cli/bounds";
import type { OptionText } from "#cli/command";
import { word, type RawOptions } from "#cli/options";
import { exploreUnderWatch } from "#cli/watching";
import type { Program } from "#explore/execution";
import type { ExploreOptions, ExploreResult } from "#explore/explorer";
import type { RacyData } from "#judges/sample";
import { listed } from "#report/text";
import { coverageSentence } from "#report/words";

const ACCESSES = ["auto", "points", "whole"] as const;

/** "whole": never; "points": whenever data races; "auto": when the search has found nothing by itself. */
export type Accesses = (typeof ACCESSES)[number];

/** Executions at most where nobody says how many, or as many as the first search had: nobody has asked for this one. */
const EXECUTIONS_LEAST = 10_000;

export const ACCESSES_OPTION: OptionText = {
  usage: "--accesses <how>",
  about:
    "data that races: explored again with points before its accesses (points), that only where nothing else is found (auto, default), or never (whole)",
};

/** What a search with points before accesses covered, as --json prints it. */
export interface AccessResult extends Pick<
  ExploreResult,
  "executions" | "blocked" | "firstFailure" | "exhausted" | "heldUp" | "bound"
> {
  /** The data, by name: "cookie.count", a shared value's name in quotes. */
  readonly data: readonly string[];
}

/** @throws InputError for a value that does not fit */
export function readAccesses(options: RawOptions): Accesses {
  return word(options, "accesses", ACCESSES) ?? "auto";
}

/** The search with points, or null where there is nothing to search, or no time left. */
export function exploreAccesses(
  program: Program,
  { racy, first, how }: { readonly racy: readonly RacyData[]; readonly first: ExploreResult; readonly how: Accesses },
  bounds: Bounds,
  search: ExploreOptions,
): ExploreResult | null {
  if (racy.length === 0 || how === "whole" || (how === "auto" && first.findings.length > 0)) return null;
  const left = (search.maxMilliseconds ?? Number.POSITIVE_INFINITY) - first.milliseconds;
  if (left <= 0) return null;
  const usual = Math.max(EXECUTIONS_LEAST, first.executions + first.blocked);
  const marks = new Set([...(search.simulation?.marks ?? []), ...racy.flatMap(({ numbers }) => numbers)]);
  return exploreUnderWatch(program, {
    ...search,
    maxExecutions: executionsOf(bounds) ?? usual,
    ...(left === Number.POSITIVE_INFINITY ? {} : { maxMilliseconds: left }),
    simulation: { ...search.simulation, marks },
  });
}

export function accessResult(racy: readonly RacyData[], result: ExploreResult): AccessResult {
  const { executions, blocked, firstFailure, exhausted, heldUp, bound } = result;
  return { data: racy.map(({ name }) => name), executions, blocked, firstFailure, exhausted, heldUp, bound };
}

/** What that search covered, and what it did not, in two sentences. */
export function accessWords(racy: readonly RacyData[], result: ExploreResult): string {
  const covered = coverageSentence(result).replace("plain accesses atomic", "other plain accesses atomic");
  const data = listed(racy.map(({ name }) => name));
  return `explored again with points before the accesses of ${data}: ${covered}. Interleavings in which two threads at once are stopped at such points were not tried.`;
}
