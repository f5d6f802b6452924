// One part of a search through the tree of executions: how a worker gets it, and what comes back.

import type { SeenFootprints } from "#explore/dpor/seen";
import type { HandedOver, SavedWalk } from "#explore/dpor/share";
import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { NOTHING } from "#explore/partition/join";
import { answersOn, type Claim } from "#explore/partition/shared-nodes";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import { reviveSubtree, type Subtree } from "#explore/strategy";

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
  /** For other parts, where races tell what to explore. */
  readonly handed: HandedOver | null;
  readonly wasMarked: boolean;
}

/**
 * The search of a part.
 * @param options as for the whole; limits of executions and time are the giver's
 * @param most executions at most, those included that are behind it
 * @param seen what is known to all who share it (src/explore/partition/knowledge.ts)
 */
export function searchOf(
  program: Program,
  options: ExploreOptions,
  part: OpenPart,
  marks: readonly number[],
  most = Number.POSITIVE_INFINITY,
  seen?: SeenFootprints,
): Search {
  const { simulation, maxMilliseconds: _, onProgress: _2, ...rest } = options;
  const all = { ...simulation, marks: new Set([...(simulation?.marks ?? []), ...marks]) };
  return new Search(
    program,
    { ...rest, maxExecutions: most, shrink: false, simulation: all },
    part.standing === null
      ? { origin: { subtree: reviveSubtree(part.subtree) }, isPart: true }
      : { standing: { ...part.standing, bound: null }, isPart: true, seen },
  );
}

/** @param divides whether what is left is given away, or some of it */
export function reportOf(search: Search, divides: boolean): PartReport {
  const handed = search.handOver(divides);
  const subtrees = divides && handed === null ? search.divide() : [];
  return { standing: search.standing(), subtrees, handed, wasMarked: search.wasMarked };
}

/** The walk of a part that shares nodes with others; null for other parts. */
export function walkOf({ standing }: OpenPart): SavedWalk | null {
  const walk = standing?.strategy as Partial<SavedWalk> | undefined;
  return walk?.floor === undefined ? null : (walk as SavedWalk);
}

/** A claim as a part. */
export function asPart({ walk, share }: Claim, marks: readonly number[]): OpenPart {
  const prefix = answersOn(walk.stack.slice(0, walk.floor));
  return { subtree: { prefix, sleep: [], share, isLeaf: false }, standing: { ...NOTHING, marks, strategy: walk } };
}

/** The claim that a part is, on which nobody has worked; null for other parts. */
export function asClaim(part: OpenPart): Claim | null {
  const walk = walkOf(part);
  return walk?.isClaim === true && part.standing?.count === 0 ? { walk, share: part.subtree.share } : null;
}
