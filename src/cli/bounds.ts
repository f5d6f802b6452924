// How a search is to be done and how far it goes: the options of explore, read and checked.

import { InputError } from "#base/assert";
import type { OptionText } from "#cli/command";
import { isSet, positiveNumber, wholeNumber, word, type RawOptions } from "#cli/options";
import { STRATEGIES, type StrategyName } from "#explore/strategy";

/** How far a search goes. */
export interface Bounds {
  readonly strategy: StrategyName;
  readonly seed?: number | undefined;
  readonly preemptions?: number | undefined;
  readonly maxExecutions?: number | undefined;
  readonly maxSeconds?: number | undefined;
  readonly stopAtFirst: boolean;
}

/** Strategies that know when nothing is left; the others draw lots, and have no end of their own. */
const COMPLETE: readonly StrategyName[] = ["dpor", "sleep", "dfs"];

/** Executions of a strategy without an end, when nobody says how many. */
export const SAMPLING_EXECUTIONS = 10_000;
const EXECUTIONS_MOST = 1_000_000_000;
const PREEMPTIONS_MOST = 1_000_000;

export const BOUND_OPTIONS: readonly OptionText[] = [
  { usage: "--strategy <name>", about: `sleep (default), ${STRATEGIES.filter((name) => name !== "sleep").join(", ")}` },
  { usage: "--seed <n>", about: "for random, which it chooses, and others that draw lots (default 1)" },
  { usage: "--preemptions <n>", about: "for dfs, which it chooses: preemptions at most" },
  { usage: "--max-executions <n>", about: "executions at most (default 1,000,000; drawing lots: 10,000)" },
  { usage: "--max-seconds <n>", about: "seconds at most" },
  { usage: "--stop-at-first", about: "stop at the first finding" },
];

/** Whether a strategy draws lots. */
export function isSampling(strategy: StrategyName): boolean {
  return !COMPLETE.includes(strategy);
}

/** @throws InputError for a value that does not fit, or goes with another strategy */
export function readBounds(options: RawOptions): Bounds {
  const seed = wholeNumber(options, "seed", 0, Number.MAX_SAFE_INTEGER);
  const preemptions = wholeNumber(options, "preemptions", 0, PREEMPTIONS_MOST);
  const strategy = word(options, "strategy", STRATEGIES) ?? impliedStrategy(seed, preemptions);
  if (seed !== undefined && !isSampling(strategy)) {
    const samplers = STRATEGIES.filter(isSampling).join(", ");
    throw new InputError(`--seed is for strategies that draw lots (${samplers}); ${strategy} does not`);
  }
  if (preemptions !== undefined && strategy !== "dfs") {
    throw new InputError(`--preemptions is for --strategy dfs; ${strategy} takes no bound on them`);
  }
  return {
    strategy,
    seed,
    preemptions,
    maxExecutions: wholeNumber(options, "maxExecutions", 1, EXECUTIONS_MOST),
    maxSeconds: positiveNumber(options, "maxSeconds", "seconds"),
    stopAtFirst: isSet(options, "stopAtFirst"),
  };
}

// An option that only one kind of strategy knows says which is meant.
function impliedStrategy(seed: number | undefined, preemptions: number | undefined): StrategyName {
  if (seed !== undefined) return "random";
  return preemptions === undefined ? "sleep" : "dfs";
}
