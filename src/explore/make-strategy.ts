// The strategies by their names.

import { InputError } from "#base/assert";
import { DepthFirst } from "#explore/strategies/dfs";
import { SourceDpor } from "#explore/strategies/dpor";
import { Pct } from "#explore/strategies/pct";
import { PartialOrderSampling } from "#explore/strategies/pos";
import { RandomWalk } from "#explore/strategies/random";
import { SleepSets } from "#explore/strategies/sleep";
import { SelectivelyUniform } from "#explore/strategies/surw";
import type { Strategy, StrategyName } from "#explore/strategy";

/** What a strategy can be told. */
export interface StrategyOptions {
  /** Default: sleep. */
  readonly strategy?: StrategyName;
  /** For the random ones. Default 1. */
  readonly seed?: number;
  /** For pct: the depth of the bug, 1 or more. Default 3. */
  readonly depth?: number;
  /** For dfs: preemptions at most. */
  readonly preemptions?: number;
  /** For dfs: delays at most. */
  readonly delays?: number;
}

/** @throws InputError when a bound is given to a strategy that has none */
export function makeStrategy(options: StrategyOptions): Strategy {
  const name = options.strategy ?? "sleep";
  const seed = options.seed ?? 1;
  if (name !== "dfs" && (options.preemptions ?? options.delays) !== undefined) {
    throw new InputError(`a bound on preemptions or delays goes with the strategy dfs, not with ${name}`);
  }
  switch (name) {
    case "dpor":
      return new SourceDpor();
    case "sleep":
      return new SleepSets();
    case "dfs":
      return new DepthFirst(costBound(options));
    case "random":
      return new RandomWalk(seed);
    case "pct":
      return new Pct(seed, options.depth ?? 3);
    case "pos":
      return new PartialOrderSampling(seed);
    case "surw":
      return new SelectivelyUniform(seed);
  }
}

function costBound(options: StrategyOptions): { of: "preemptions" | "delays"; most: number } | null {
  if (options.preemptions !== undefined) return { of: "preemptions", most: options.preemptions };
  if (options.delays !== undefined) return { of: "delays", most: options.delays };
  return null;
}
