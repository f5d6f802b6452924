// One part of a search through the tree of executions: how a worker gets it, and what comes back.

import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import { reviveSubtree, type GivenPart, type Subtree } from "#explore/strategy";

/** A part that is not explored to its end. Plain JSON. */
export interface OpenPart {
  /** Where it begins. */
  readonly subtree: Subtree;
  /** Where it stands; null when it has not begun. */
  readonly standing: Standing | null;
}

/** What has become of a part after some work on it. */
export interface PartReport {
  readonly standing: Standing;
  /** What it was divided into; empty when it was not. */
  readonly subtrees: readonly Subtree[];
  /** What it has given away; the rest is still its own. */
  readonly given: GivenPart | null;
  readonly wasMarked: boolean;
}

/**
 * The search of a part.
 * @param options as for the whole; limits of executions and time are the giver's
 * @param most executions at most, those included that are behind it
 */
export function searchOf(
  program: Program,
  options: ExploreOptions,
  part: OpenPart,
  marks: readonly number[],
  most = Number.POSITIVE_INFINITY,
): Search {
  const { simulation, maxMilliseconds: _, onProgress: _2, ...rest } = options;
  const all = { ...simulation, marks: new Set([...(simulation?.marks ?? []), ...marks]) };
  return new Search(
    program,
    { ...rest, maxExecutions: most, shrink: false, simulation: all },
    part.standing === null
      ? { origin: { subtree: reviveSubtree(part.subtree) }, isPart: true }
      : { standing: { ...part.standing, bound: null }, isPart: true },
  );
}

/** @param divides whether what is left is given away, or some of it, if it can be */
export function reportOf(search: Search, divides: boolean): PartReport {
  const gives = divides && search.canDivide;
  const given = gives ? search.give() : null;
  const subtrees = gives && given === null ? search.divide() : [];
  return { standing: search.standing(), subtrees, given, wasMarked: search.wasMarked };
}
