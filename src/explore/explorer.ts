// Exploring: what a search can be told, and what it gives. The search itself is src/explore/search.ts.

import { checkOptions } from "#base/known-options";
import type { Costs } from "#kernel/costs";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import type { SimulationOptions } from "#kernel/options";
import type { Execution, Program } from "#explore/execution";
import { checkProgram } from "#explore/program";
import type { StrategyOptions } from "#explore/make-strategy";
import { Search } from "#explore/search";
import type { Guarantee, Part, StrategyName, Within } from "#explore/strategy";
import type { Recorder } from "#trace/recorder";
import type { Choice } from "#trace/schedule";

export interface ExploreOptions extends StrategyOptions {
  /** Executions at most, blocked ones included. Default one million. */
  readonly maxExecutions?: number;
  /** Milliseconds at most; needs `now`. */
  readonly maxMilliseconds?: number;
  /** Milliseconds of real time, from whoever may read a clock. */
  readonly now?: () => number;
  /** Stop at the first finding. Default false: go on, and collect every distinct one. */
  readonly stopAtFirst?: boolean;
  /** Make each finding's schedule as small as it can be (src/explore/shrink.ts). Default false. */
  readonly shrink?: boolean;
  /** Called now and then with the state so far. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called after each execution that counts; for tests that collect end states. */
  readonly onExecution?: (execution: Execution) => void;
  /** Is told of every event of every execution, which takes several times as long. */
  readonly recorder?: Recorder;
  readonly simulation?: Partial<SimulationOptions>;
  readonly costs?: Costs;
}

export interface Progress {
  readonly executions: number;
  readonly blocked: number;
  readonly findings: number;
}

/** One distinct failure. */
export interface ExploredFinding {
  readonly outcome: Outcome;
  readonly choices: readonly Choice[];
  readonly marks: readonly number[];
  /** The execution that found it first, counted from 1, and how many ended so. */
  readonly firstExecution: number;
  executions: number;
  /** Switches away from a thread that could have gone on. */
  readonly preemptions: number;
  /** Whether no schedule with fewer preemptions fails in this way; known only after shrinking. */
  readonly provedLeast: boolean;
  readonly steps: number;
}

/** Which limit ended a search that was not exhausted. */
export type Bound =
  "executions" | "seconds" | "preemptions" | "delays" | "first-finding" | "steps" | "interrupted" | "shard";

export interface ExploreResult {
  readonly strategy: StrategyName;
  /** The gravest outcome found. */
  readonly outcome: OutcomeKind;
  /** Complete executions: with dpor and sleep, one for each trace. One that a higher bound runs again counts once. */
  readonly executions: number;
  /** Executions of an earlier bound that were run again within a higher one. */
  readonly repeated: number;
  /** Executions cut short because an equivalent one was explored. */
  readonly blocked: number;
  /** All steps of complete executions. */
  readonly steps: number;
  /** The first complete execution that failed, counted from 1; null when none did. */
  readonly firstFailure: number | null;
  readonly exhausted: boolean;
  /** Whether a loop that polls or spins was held up until somebody changed something: more rounds of it are not among these executions. */
  readonly heldUp: boolean;
  /** Whether threads stood aside in the middle of steps, one perhaps because of another: then only the later went on first. */
  readonly nestedOnly: boolean;
  readonly bound: Bound | null;
  /** For a search bounded by a cost, the last bound that was explored to its end. */
  readonly within: Within | null;
  /** For pct, and auto: what its executions promise. */
  readonly guarantee: Guarantee | null;
  /** For auto: what each strategy did; empty for the others. */
  readonly parts: readonly Part[];
  readonly findings: readonly ExploredFinding[];
  /** Milliseconds of real time; 0 without a clock. */
  readonly milliseconds: number;
}

const OPTIONS: Readonly<Record<keyof ExploreOptions, true>> = {
  strategy: true,
  seed: true,
  depth: true,
  preemptions: true,
  delays: true,
  maxExecutions: true,
  maxMilliseconds: true,
  now: true,
  stopAtFirst: true,
  shrink: true,
  onProgress: true,
  onExecution: true,
  recorder: true,
  simulation: true,
  costs: true,
};

/**
 * Explores `program`, which `compile` makes of a scenario, in adversarial time.
 * @throws UsageError when it is no program, or an option is misspelt
 */
export function explore(program: Program, options: ExploreOptions = {}): ExploreResult {
  checkProgram("explore", program);
  checkOptions("explore", options, OPTIONS);
  const search = new Search(program, options);
  search.advance();
  return search.result();
}
