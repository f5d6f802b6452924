// What every strategy has: it answers "which thread next?", execution after execution.
//
// The executions of a program are the leaves of a tree, whose nodes are the questions that a chooser is asked. A strategy
// that walks this tree (a TreeStrategy) can be made for a part of it, put aside between two executions, and divided.

import type { Chooser } from "#kernel/chooser";
import { reviveCodes, type Codes } from "#kernel/footprint";
import type { Choice } from "#trace/schedule";

/** The strategies; the first is the default. */
export const STRATEGIES = ["dpor", "source", "sleep", "dfs", "random", "pct", "pos", "surw", "auto"] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** What a bounded search covered whole: every schedule that costs at most so much. */
export interface Within {
  readonly of: "preemptions" | "delays";
  readonly most: number;
  /** How many schedules that is. */
  readonly schedules: number;
}

/** What random priorities promise (facts: explorer.md, C.7). */
export interface Guarantee {
  /** Of the bugs that are meant: how many orderings of two steps it takes to meet one. */
  readonly depth: number;
  /** Threads, and steps of one execution, without its set-up: the most seen. */
  readonly threads: number;
  readonly steps: number;
  /** The least probability with which one execution finds such a bug, and with which all of them together do. */
  readonly perExecution: number;
  readonly together: number;
  /** The executions that count for `together`: those whose lots were drawn for as many steps. */
  readonly executions: number;
  /** If somebody slept, bugs that need a sleeper to go on before others are not covered. */
  readonly nobodySlept: boolean;
  /** If values were chosen, bugs that need certain ones are not covered. */
  readonly nothingChosen: boolean;
}

/** What one of several strategies did in a common search. */
export interface Part {
  readonly strategy: StrategyName;
  /** What it was bounded by: 0 first, then 1, and so on. */
  readonly bound: "preemptions" | null;
  readonly executions: number;
  readonly blocked: number;
  /** Distinct findings that it met, whoever met them first. */
  readonly findings: number;
}

export interface Strategy extends Chooser {
  readonly name: StrategyName;
  /** Whether it tells when there is nothing left: only then is a search exhausted. */
  readonly complete: boolean;
  /** Gets ready for the next execution; false when there is none. */
  begin(): boolean;
  /** The choices of the execution that has just ended, where there was one. */
  choices(): Choice[];
  /** Executions that were cut short because an equivalent one was explored. */
  readonly blocked: number;
  /** Whether a bound of the strategy's own left something out. */
  readonly bounded: boolean;
  /** Whether an execution did not go the way that an earlier one with the same choices took: nothing holds then. */
  readonly strayed?: boolean;
  /** Whether the execution that has just ended was one of an earlier bound again: it counts for nothing. */
  readonly repeats?: boolean;
  /** Whether every schedule with fewer preemptions than the execution that has just ended was explored before. */
  readonly isLeast?: boolean;
  /** The last bound that was explored to its end; null when none was. */
  readonly within?: Within | null;
  readonly guarantee?: Guarantee | undefined;
  /** For a strategy that is made of others: what each did. */
  readonly parts?: readonly Part[];
  /** The execution that has just ended failed in this way (src/explore/identity.ts). */
  found?(identity: string): void;
  /** Between two executions: its whole state, as plain JSON. One of its kind that is made from it goes on just there. */
  checkpoint?(): unknown;
}

/** A strategy that draws lots: execution n is a function of the seed, n and what it has learned from those before. */
export interface SamplingStrategy extends Strategy {
  checkpoint(): unknown;
  /** Goes on as after so many executions from which nothing was learned. */
  skip(executions: number): void;
  /** Another of its kind drew other executions, and stood here after them: what it has seen counts for what is told in the end. */
  learn?(checkpoint: unknown): void;
}

/** Whether a strategy draws lots, so that others can do part of its executions. */
export function drawsLots(strategy: Strategy): strategy is SamplingStrategy {
  return "skip" in strategy;
}

/** A thread that sleeps, and the step that need not be tried again before another conflicts with it. */
export interface Sleeper {
  /** The thread's index in the simulation. */
  readonly thread: number;
  readonly footprint: Codes;
}

/**
 * A part of the tree: all executions below one node, but for those that begin with what sleeps there. Plain JSON; footprints
 * that come out of JSON are given back their identity by `reviveSubtree`.
 *
 * Invariant: when a node is divided, the children are its candidates that do not sleep, each elder one asleep in the younger
 * ones as if it had been explored to the end, which it will be. So the parts of a tree share no execution and lose none.
 */
export interface Subtree {
  /** The values answered on the way to the node: one for each question, also where there was one answer. */
  readonly prefix: readonly number[];
  /** Who sleeps at the node. */
  readonly sleep: readonly Sleeper[];
  /** The node's share of the whole tree, 0 to 1: the product of 1 / alternatives on the way (facts: explorer.md, C.12). */
  readonly share: number;
  /** The execution ends at the node: there is nothing to divide. */
  readonly isLeaf: boolean;
}

/** Where a strategy begins: at a part's root, or where a strategy of its kind was when it gave this checkpoint. */
export type Origin = { readonly subtree: Subtree } | { readonly checkpoint: unknown };

/**
 * A strategy that walks the tree. Between two executions, that is before `begin`, `checkpoint` gives its whole state as plain JSON; one
 * that is made from it goes on just there. It never backtracks above the root of the part that it was made for.
 */
export interface TreeStrategy extends Strategy {
  readonly complete: true;
  checkpoint(): unknown;
  /** How much of its part is explored, 0 to 1, as far as the tree is known. */
  readonly fraction: number;
}

/** Whether a strategy can be put aside, and several can work on the tree. */
export function walksTree(strategy: Strategy): strategy is TreeStrategy {
  return "fraction" in strategy;
}

/** A walk of which it is known beforehand what is below a node: between two executions it gives away what it has not explored. */
export interface DividingStrategy extends TreeStrategy {
  /**
   * From now on a node that is reached for the first time, `depth` questions (default 0) or more below the tree's root, is not
   * explored: it is added to `subtrees`, and the execution is cut. An execution that would end before that is added, too. When
   * `begin` has said no, `subtrees` are all that was left.
   */
  divide(depth?: number): void;
  readonly subtrees: readonly Subtree[];
}

export function isDividing(strategy: Strategy): strategy is DividingStrategy {
  return "divide" in strategy;
}

/** Part of what a walk had left. Plain JSON. */
export interface GivenPart {
  /** A walk of its kind that is made from it explores the part. */
  readonly checkpoint: unknown;
  /** The answers on the way to it. */
  readonly prefix: readonly number[];
  /** How much of the giver's own part it is, 0 to 1. */
  readonly share: number;
}

/** A walk that races tell what to explore: between two executions it may have something that they have asked for to give away. */
export interface GivingStrategy extends TreeStrategy {
  /** Cheap. */
  readonly canGive: boolean;
  /** Only where it can. What it gives shares no execution with what it keeps, and the two need not talk to each other. */
  give(): GivenPart;
}

export function isGiving(strategy: Strategy): strategy is GivingStrategy {
  return "give" in strategy;
}

/** The whole tree. */
export const WHOLE_TREE: Subtree = { prefix: [], sleep: [], share: 1, isLeaf: false };

/** A subtree that comes out of JSON. */
export function reviveSubtree(subtree: Subtree): Subtree {
  return { ...subtree, sleep: reviveSleepers(subtree.sleep) };
}

/** Sleepers that come out of JSON. */
export function reviveSleepers(sleepers: readonly Sleeper[]): Sleeper[] {
  return sleepers.map(({ thread, footprint }) => ({ thread, footprint: reviveCodes(footprint) }));
}
