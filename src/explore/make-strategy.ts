// The strategies by their names.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { Auto, checkpointAt, type Budget } from "#explore/strategies/auto";
import { Deepening, type Inside } from "#explore/strategies/deepening";
import { DepthFirst, type CostBound } from "#explore/strategies/dfs";
import { WakeupDpor } from "#explore/strategies/dpor";
import { SourceDpor } from "#explore/strategies/source";
import { Pct } from "#explore/strategies/pct";
import { PartialOrderSampling } from "#explore/strategies/pos";
import { RandomWalk } from "#explore/strategies/random";
import { SleepSets } from "#explore/strategies/sleep";
import { SelectivelyUniform } from "#explore/strategies/surw";
import { STRATEGIES, type Origin, type Strategy, type StrategyName } from "#explore/strategy";

/** What a strategy can be told. */
export interface StrategyOptions {
  /** Default: dpor; with a bound on delays, dfs. */
  readonly strategy?: StrategyName;
  /** For the random ones, and auto. Default 1. */
  readonly seed?: number;
  /** For pct, and auto: the depth of the bug, 1 or more. Default 3. */
  readonly depth?: number;
  /** For dpor and dfs: preemptions at most. 0 first, then 1, and so on up to this. */
  readonly preemptions?: number;
  /** For dfs: delays at most, likewise. */
  readonly delays?: number;
}

export const DEPTH = 3;

/** For auto, when nobody sets one. */
const UNLIMITED: Budget = { executions: 1_000_000, milliseconds: Number.POSITIVE_INFINITY, now: () => 0 };

/** The strategy that these options mean. */
export function strategyName({ strategy, delays }: StrategyOptions): StrategyName {
  return strategy ?? (delays === undefined ? STRATEGIES[0] : "dfs");
}

/**
 * @param budget what the whole search may cost: auto divides it
 * @param origin for strategies that can begin elsewhere than at the root of the tree
 * @throws InputError when there is no such strategy, a bound is given to a strategy that has none, or does not fit
 */
export function makeStrategy(options: StrategyOptions, budget: Budget = UNLIMITED, origin?: Origin): Strategy {
  const name = strategyName(options);
  if (!STRATEGIES.includes(name))
    throw new InputError(
      `there is no strategy "${name}"${suggestion(name, STRATEGIES) || ";"} strategies are ${STRATEGIES.join(", ")}`,
    );
  const seed = options.seed ?? 1;
  const depth = wholeNumber("the depth of a bug", options.depth ?? DEPTH, 1);
  const bound = costBound(options);
  const checkpoint = origin !== undefined && "checkpoint" in origin ? origin.checkpoint : undefined;
  if (bound !== null) return new Deepening(boundedBy(bound, name), bound, checkpoint);
  switch (name) {
    case "dpor":
      return new WakeupDpor(origin);
    case "source":
      return new SourceDpor(origin);
    case "sleep":
      return new SleepSets(origin);
    case "dfs":
      return new DepthFirst(null, origin);
    case "random":
      return new RandomWalk(seed, checkpoint);
    case "pct":
      return new Pct(seed, depth, checkpoint);
    case "pos":
      return new PartialOrderSampling(seed, checkpoint);
    case "surw":
      return new SelectivelyUniform(seed, checkpoint);
    case "auto":
      return automatic(seed, depth, budget, checkpoint);
  }
}

function automatic(seed: number, depth: number, budget: Budget, checkpoint: unknown): Strategy {
  const unbounded = { of: "preemptions", most: Number.POSITIVE_INFINITY } as const;
  const at = (place: number): unknown => checkpointAt(place, checkpoint);
  const systematic = [
    new WakeupDpor(at(0) === undefined ? undefined : { checkpoint: at(0) }),
    new Deepening("dpor", unbounded, at(1)),
  ];
  const sampling = [
    new Pct(seed, depth, at(2)),
    new PartialOrderSampling(seed, at(3)),
    new SelectivelyUniform(seed, at(4)),
    new RandomWalk(seed, at(5)),
  ];
  return new Auto(budget, systematic, sampling, checkpoint);
}

/** @throws InputError for a strategy that has no such bound */
function boundedBy({ of }: CostBound, name: StrategyName): Inside {
  if (name === "dfs" || (name === "dpor" && of === "preemptions")) return name;
  const having = of === "delays" ? "the strategy dfs" : "the strategies dpor and dfs";
  throw new InputError(`a bound on ${of} goes with ${having}, not with ${name}`);
}

/** @throws InputError when both are given: a schedule is counted by one of them */
function costBound({ preemptions, delays }: StrategyOptions): CostBound | null {
  if (preemptions !== undefined && delays !== undefined) {
    throw new InputError("a search is bounded by preemptions or by delays, not by both");
  }
  if (preemptions !== undefined) return { of: "preemptions", most: wholeNumber("preemptions at most", preemptions, 0) };
  if (delays !== undefined) return { of: "delays", most: wholeNumber("delays at most", delays, 0) };
  return null;
}

function wholeNumber(what: string, value: number, least: number): number {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= least)) return value;
  throw new InputError(`${what} should be a whole number of ${least} or more, not ${value}`);
}
