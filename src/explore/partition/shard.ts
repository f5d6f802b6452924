// One part of a search that is done on several machines which cannot talk to each other.
//
// Every machine divides the tree in the same way, and takes every n-th part. For that all must have the same marks: these
// are gathered first, by executions that are the same everywhere. Marks that only come up later make a machine begin again
// with them; whoever joins the results sees that others had fewer, and what to do.

import type { Program } from "#explore/execution";
import type { ExploreOptions } from "#explore/explorer";
import { divideTree } from "#explore/partition/divide";
import { joined, NOTHING } from "#explore/partition/join";
import type { Roots } from "#explore/partition/tree-work";
import { makeStrategy } from "#explore/make-strategy";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import { drawsLots } from "#explore/strategy";

/** Which machine of how many, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Executions for the marks: drawn by lot, and the first ones of a walk. */
const DRAWN = 300;
const WALKED = 100;
/** For each machine so many parts, so that all have about as much to do. */
const PARTS_EACH = 64;

/** The marks that executions bring which are the same on every machine, sorted. */
export function commonMarks(program: Program, options: ExploreOptions, known: readonly number[]): readonly number[] {
  let marks = known;
  for (const [strategy, maxExecutions] of [["random", DRAWN] as const, ["sleep", WALKED] as const]) {
    const simulation = { ...options.simulation, marks: new Set(marks) };
    const search = new Search(program, { strategy, maxExecutions, simulation });
    search.advance();
    marks = [...search.standing().marks].sort((a, b) => a - b);
  }
  return marks;
}

/** This machine's parts of the tree. */
export function partsOf(program: Program, options: ExploreOptions, shard: Shard, marks: readonly number[]): Roots {
  let division = divideTree(program, options, marks, PARTS_EACH * shard.of);
  while (division.wasMarked) division = divideTree(program, options, division.marks, PARTS_EACH * shard.of);
  const isOwn = (place: number): boolean => place % shard.of === shard.index - 1;
  return {
    marks: [...division.marks].sort((a, b) => a - b),
    parts: division.parts.filter((_, place) => isOwn(place)),
    // What is met above the parts counts once.
    blocked: shard.index === 1 ? division.blocked : 0,
    others: division.parts.filter((_, place) => !isOwn(place)).map(({ prefix }) => prefix),
  };
}

/** This machine's executions of a strategy that draws lots: so many in a row, and where it stands before them. */
export function lotsOf(
  options: ExploreOptions,
  shard: Shard,
  marks: readonly number[],
  all: number,
): { readonly first: number; readonly executions: number; readonly standing: Standing } {
  const first = Math.floor((all * (shard.index - 1)) / shard.of);
  const executions = Math.floor((all * shard.index) / shard.of) - first;
  const strategy = makeStrategy(options);
  if (drawsLots(strategy)) strategy.skip(first);
  return { first, executions, standing: { ...NOTHING, strategy: strategy.checkpoint?.(), marks } };
}

/** What several machines' lots come to. @param standings in the order of the machines, one at least */
export function joinedLots(options: ExploreOptions, standings: readonly Standing[]): Standing {
  const all = joined(standings);
  const strategy = makeStrategy(options, undefined, { checkpoint: all.strategy });
  if (!drawsLots(strategy)) return all;
  for (const { strategy: checkpoint } of standings.slice(0, -1)) strategy.learn?.(checkpoint);
  return { ...all, strategy: strategy.checkpoint() };
}
