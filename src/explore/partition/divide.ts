// Dividing the tree of executions into parts of about equal size, before anything is explored (facts: explorer.md, C.13).
//
// The part that seems largest is expanded, level by level, until there are enough. Every candidate that does not sleep becomes a
// part of its own, for source sets and wakeup trees too: a race that is found below never has to add anything above, so those who
// explore the parts need not talk to each other.
// Who divides the same program in the same way gets the same parts.

import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { inTreeOrder } from "#explore/partition/join";
import { Search } from "#explore/search";
import { WHOLE_TREE, type StrategyName, type Subtree } from "#explore/strategy";

export interface Division {
  /** In the order of a walk through the tree. */
  readonly parts: readonly Subtree[];
  /** Nodes with only sleepers that were met: one worker would have met them too. */
  readonly blocked: number;
  /** Executions that were run, and cut, only in order to divide. */
  readonly cut: number;
  /** The marks; more than before when the division has to be made again with them. */
  readonly marks: readonly number[];
  readonly wasMarked: boolean;
}

/** Expansions for each part that is wanted, at most: where the tree hardly branches, parts stay few. */
const EXPANSIONS = 20;

/** At least `wanted` parts, where there are so many. */
export function divideTree(
  program: Program,
  options: ExploreOptions,
  marks: readonly number[],
  wanted: number,
): Division {
  const parts: Subtree[] = [WHOLE_TREE];
  let blocked = 0;
  let cut = 0;
  for (let left = wanted * EXPANSIONS; left > 0 && parts.length < wanted; left--) {
    const largest = largestOf(parts);
    if (largest === null) break;
    const search = new Search(program, asWalk(options, marks), {
      origin: { subtree: parts[largest] ?? WHOLE_TREE },
      isPart: true,
    });
    const subtrees = search.divide((parts[largest]?.prefix.length ?? 0) + 1);
    const standing = search.standing();
    cut += standing.count;
    if (search.wasMarked) return { parts: [], blocked, cut, marks: standing.marks, wasMarked: true };
    blocked += standing.blocked;
    parts.splice(largest, 1, ...subtrees);
  }
  return { parts: parts.sort(inTreeOrder), blocked, cut, marks, wasMarked: false };
}

/** How a strategy's tree is divided: plain depth-first search has every interleaving in it, the others have sleep sets'. */
export function walkOf(strategy: StrategyName): "dfs" | "sleep" {
  return strategy === "dfs" ? "dfs" : "sleep";
}

function asWalk({ strategy = "dpor", simulation }: ExploreOptions, marks: readonly number[]): ExploreOptions {
  return {
    strategy: walkOf(strategy),
    simulation: { ...simulation, marks: new Set([...(simulation?.marks ?? []), ...marks]) },
  };
}

function largestOf(parts: readonly Subtree[]): number | null {
  let largest: number | null = null;
  for (const [place, part] of parts.entries()) {
    if (!part.isLeaf && (largest === null || part.share > (parts[largest]?.share ?? 0))) largest = place;
  }
  return largest;
}
