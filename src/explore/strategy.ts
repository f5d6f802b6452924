// What every strategy has: it answers "which thread next?", execution after execution.

import type { Chooser } from "#kernel/chooser";
import type { Choice } from "#trace/schedule";

export const STRATEGIES = ["dpor", "sleep", "dfs", "random", "pct", "pos", "surw"] as const;
export type StrategyName = (typeof STRATEGIES)[number];

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
  /** The least probability with which one execution finds what the strategy is after, where it has one. */
  readonly guarantee?: number;
}
