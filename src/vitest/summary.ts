// What a test leaves behind about its searches, as plain data: for reporters, ours and others'.

import type { OperationCount } from "#explore/coverage";
import type { Bound, ExploreResult } from "#explore/explorer";
import type { StrategyName } from "#explore/strategy";
import type { OutcomeKind } from "#kernel/outcome";

/** One failure that a search met. */
export interface FindingSummary {
  readonly outcome: OutcomeKind;
  readonly message: string;
  /** The token that leads there. */
  readonly schedule: string;
}

/** One search of a test. */
export interface SearchSummary {
  readonly scenario: string;
  /** What the test asks for: that nothing fails, or that something does. */
  readonly wants: "every schedule" | "a failure" | "one schedule";
  readonly passed: boolean;
  readonly strategy: StrategyName;
  /** Complete executions, and those cut short because an equivalent one was explored. */
  readonly executions: number;
  readonly blocked: number;
  readonly steps: number;
  readonly exhausted: boolean;
  readonly bound: Bound | null;
  /** Whether each complete execution is a trace of its own. */
  readonly countsTraces: boolean;
  readonly milliseconds: number;
  /** Executions that judges looked at. */
  readonly judged: number;
  readonly findings: readonly FindingSummary[];
  /** With `coverage: true`: the kernel operations of all executions. */
  readonly operations: readonly OperationCount[];
  /** The report that was written. */
  readonly report?: string;
}

/** Executions of these are traces, no two of them equivalent. */
const BY_TRACES: readonly StrategyName[] = ["dpor", "source", "sleep"];

/** Findings and operations are put in by whoever knows them. */
export function summaryOf(
  result: ExploreResult,
  rest: Pick<SearchSummary, "scenario" | "wants" | "passed" | "judged" | "findings" | "operations">,
): SearchSummary {
  const { strategy, executions, blocked, steps, exhausted, bound, milliseconds, within } = result;
  return {
    ...rest,
    strategy,
    executions,
    blocked,
    steps,
    exhausted,
    bound,
    countsTraces: BY_TRACES.includes(strategy) && within === null,
    milliseconds: Math.round(milliseconds),
  };
}
