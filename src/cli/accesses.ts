// `--accesses`: whether data that races is explored again with points before its accesses (src/judges/accesses.ts).

import { executionsOf, type Bounds } from "#cli/bounds";
import type { OptionText } from "#cli/command";
import { word, type RawOptions } from "#cli/options";
import { exploreUnderWatch } from "#cli/watching";
import type { Program } from "#explore/execution";
import type { ExploreOptions, ExploreResult } from "#explore/explorer";
import { ACCESSES, searchOfAccesses, type Accesses } from "#judges/accesses";
import type { RacyData } from "#judges/sample";

export const ACCESSES_OPTION: OptionText = {
  usage: "--accesses <how>",
  about:
    "data that races: explored again with points before its accesses (points), that only where nothing else is found (auto, default), or never (whole)",
};

/** What a search with points before accesses covered, as --json prints it. */
export interface AccessResult extends Pick<
  ExploreResult,
  "executions" | "blocked" | "firstFailure" | "exhausted" | "heldUp" | "nestedOnly" | "bound"
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
  wish: { readonly racy: readonly RacyData[]; readonly first: ExploreResult; readonly how: Accesses },
  bounds: Bounds,
  search: ExploreOptions,
): ExploreResult | null {
  const { maxExecutions: _, ...others } = search;
  const most = executionsOf(bounds);
  const again = searchOfAccesses(wish, most === undefined ? others : { ...others, maxExecutions: most });
  return again === null ? null : exploreUnderWatch(program, again);
}

export function accessResult(racy: readonly RacyData[], result: ExploreResult): AccessResult {
  const { executions, blocked, firstFailure, exhausted, heldUp, nestedOnly, bound } = result;
  const data = racy.map(({ name }) => name);
  return { data, executions, blocked, firstFailure, exhausted, heldUp, nestedOnly, bound };
}
