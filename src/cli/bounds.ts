// How a search is to be done and how far it goes: the options of explore, read and checked.

import { InputError } from "#base/assert";
import type { OptionText } from "#cli/command";
import { isSet, positiveNumber, wholeNumber, word, type RawOptions } from "#cli/options";
import { STRATEGIES, type StrategyName } from "#explore/strategy";
import type { OwnBounds } from "#scenario/types";

/** How far a search goes. */
export interface Bounds {
  readonly strategy: StrategyName;
  readonly seed?: number | undefined;
  /** For pct, and auto. */
  readonly depth?: number | undefined;
  readonly preemptions?: number | undefined;
  readonly delays?: number | undefined;
  readonly maxExecutions?: number | undefined;
  readonly maxSeconds?: number | undefined;
  readonly stopAtFirst: boolean;
  /** Whether findings are made as small as they can be. */
  readonly shrinks: boolean;
}

/** Strategies that know when nothing is left; the others draw lots, and have no end of their own. */
const COMPLETE: readonly StrategyName[] = ["dpor", "source", "sleep", "dfs"];

/** Executions of a strategy without an end, when nobody says how many. */
const SAMPLING_EXECUTIONS = 10_000;
const AUTO_EXECUTIONS = 40_000;
const EXECUTIONS_MOST = 1_000_000_000;
const COST_MOST = 1_000_000;
const DEPTH_MOST = 100;

export const BOUND_OPTIONS: readonly OptionText[] = [
  { usage: "--strategy <name>", about: `${STRATEGIES[0]} (default), ${STRATEGIES.slice(1).join(", ")}` },
  { usage: "--preemptions <n>", about: "for dpor and dfs: first with 0 preemptions, then with 1, up to n at most" },
  { usage: "--delays <n>", about: "for dfs, which it chooses: the same with delays" },
  { usage: "--seed <n>", about: "for random, which it chooses, and others that draw lots (default 1)" },
  { usage: "--depth <n>", about: "for pct, which it chooses, and auto: depth of the bugs that are meant (default 3)" },
  { usage: "--max-executions <n>", about: "executions at most (default 1,000,000; drawing lots 10,000; auto 40,000)" },
  { usage: "--max-seconds <n>", about: "seconds at most" },
  { usage: "--stop-at-first", about: "stop at the first finding" },
  { usage: "--no-shrink", about: "show each finding as it was met, not the smallest one that fails so" },
];

/** Whether a strategy draws lots. */
export function isSampling(strategy: StrategyName): boolean {
  return !COMPLETE.includes(strategy);
}

/** Executions at most: what was said, else a limit for strategies without an end; undefined for those that have one. */
export function executionsOf(bounds: Bounds): number | undefined {
  const { strategy, maxExecutions, maxSeconds } = bounds;
  if (maxExecutions !== undefined || maxSeconds !== undefined || !isSampling(strategy)) return maxExecutions;
  return strategy === "auto" ? AUTO_EXECUTIONS : SAMPLING_EXECUTIONS;
}

/** @throws InputError for a value that does not fit, or goes with another strategy */
export function readBounds(options: RawOptions): Bounds {
  const seed = wholeNumber(options, "seed", 0, Number.MAX_SAFE_INTEGER);
  const depth = wholeNumber(options, "depth", 1, DEPTH_MOST);
  const preemptions = wholeNumber(options, "preemptions", 0, COST_MOST);
  const delays = wholeNumber(options, "delays", 0, COST_MOST);
  const bounds = {
    strategy: word(options, "strategy", STRATEGIES) ?? impliedStrategy({ seed, depth, delays }),
    seed,
    depth,
    preemptions,
    delays,
    maxExecutions: wholeNumber(options, "maxExecutions", 1, EXECUTIONS_MOST),
    maxSeconds: positiveNumber(options, "maxSeconds", "seconds"),
    stopAtFirst: isSet(options, "stopAtFirst"),
    shrinks: !isSet(options, "noShrink"),
  };
  checkTogether(bounds);
  return bounds;
}

/**
 * Where nothing was said of how to search, a scenario's own strategy holds; and its own number of executions where
 * nothing was said of how far either.
 */
export function withOwnBounds(bounds: Bounds, options: RawOptions, own: OwnBounds | undefined): Bounds {
  const isSaid = (...names: readonly string[]): boolean => names.some((name) => options[name] !== undefined);
  if (own === undefined || isSaid("strategy", "seed", "depth", "preemptions", "delays")) return bounds;
  const strategy = own.strategy ?? "random";
  if (isSaid("maxExecutions", "maxSeconds")) return { ...bounds, strategy };
  return { ...bounds, strategy, maxExecutions: own.maxExecutions };
}

type Chosen = Pick<Bounds, "seed" | "depth" | "delays">;

// An option that only one kind of strategy knows says which is meant.
function impliedStrategy({ seed, depth, delays }: Chosen): StrategyName {
  if (delays !== undefined) return "dfs";
  if (depth !== undefined) return "pct";
  return seed === undefined ? STRATEGIES[0] : "random";
}

function checkTogether({
  strategy,
  seed,
  depth,
  preemptions,
  delays,
}: Chosen & Pick<Bounds, "strategy" | "preemptions">): void {
  if (seed !== undefined && !isSampling(strategy)) {
    const samplers = STRATEGIES.filter(isSampling).join(", ");
    throw new InputError(`--seed is for strategies that draw lots (${samplers}); ${strategy} does not`);
  }
  if (depth !== undefined && strategy !== "pct" && strategy !== "auto") {
    throw new InputError(`--depth is for --strategy pct and auto; ${strategy} knows no depth of bugs`);
  }
  if (preemptions !== undefined && delays !== undefined) {
    throw new InputError("--preemptions and --delays are two ways to count; a search is bounded by one of them");
  }
  if (preemptions !== undefined && strategy !== "dpor" && strategy !== "dfs") {
    throw new InputError(`--preemptions is for --strategy dpor and dfs; ${strategy} takes no bound on them`);
  }
  if (delays !== undefined && strategy !== "dfs") {
    throw new InputError(`--delays is for --strategy dfs; ${strategy} takes no bound on them`);
  }
}
