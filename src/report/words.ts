// What a search says about what it did not find: "none exists" and "no failure found" are two sentences.
//
// Invariant: only an exhausted search of a complete strategy, without any bound, says "none exists".

import { counted, table, thousands, type Column } from "#report/text";
import type { Paint } from "#report/paint";
import type { ExploreResult } from "#explore/explorer";

/** What the sentences are made from. */
export type Coverage = Pick<
  ExploreResult,
  "strategy" | "outcome" | "executions" | "exhausted" | "bound" | "firstFailure"
> & {
  readonly findings: { readonly length: number };
  /** For a search bounded by them: preemptions, or delays, at most. */
  readonly most?: number;
};

const STRATEGY_WORDS: Readonly<Record<string, string>> = {
  sleep: "sleep sets",
  dpor: "partial-order reduction with source sets",
  dfs: "depth first",
  random: "random walk",
  pct: "random priorities (PCT)",
  pos: "partial-order sampling",
  surw: "selectively uniform random walk",
};

/** What "exhausted" rests on. */
const ASSUMPTIONS = "adversarial time, plain accesses atomic between operations";

/** One sentence on what the search covered and what it found, without a full stop. */
export function coverageSentence(coverage: Coverage): string {
  return coverage.firstFailure === null ? withoutFailure(coverage) : withFailure(coverage);
}

function withoutFailure(coverage: Coverage): string {
  const strategy = strategyWords(coverage);
  if (coverage.exhausted && coverage.bound === null) {
    return `none exists in this scenario: ${executionsWords(coverage)}, exhausted (${strategy}, ${ASSUMPTIONS})`;
  }
  if (coverage.bound === "preemptions" || coverage.bound === "delays") {
    const what = coverage.bound === "delays" ? "delay" : "preemption";
    const bound = coverage.most === undefined ? `the bound on ${what}s` : `at most ${counted(coverage.most, what)}`;
    return `no failure found within ${bound}: ${counted(coverage.executions, "execution")}, all there are (${strategy}); with more ${what}s it may still fail`;
  }
  return `no failure found in ${counted(coverage.executions, "execution")} (${boundWords(coverage)}; ${strategy})`;
}

function withFailure(coverage: Coverage): string {
  const first = `first failure in execution ${thousands(coverage.firstFailure ?? 0)}`;
  const distinct =
    coverage.findings.length === 1 ? "1 distinct failure" : `${thousands(coverage.findings.length)} distinct failures`;
  if (coverage.exhausted)
    return `${distinct}, and no other in this scenario: ${executionsWords(coverage)}, exhausted; ${first}`;
  const rest = coverage.bound === "first-finding" ? "the search stopped there" : boundWords(coverage);
  return `${distinct} in ${counted(coverage.executions, "execution")}, ${first}; ${rest}, there may be others`;
}

// With sleep sets each complete execution is a trace of its own; depth first only counts interleavings.
function executionsWords({ strategy, executions }: Coverage): string {
  return counted(executions, strategy === "dfs" ? "interleaving" : "trace");
}

function strategyWords({ strategy }: Coverage): string {
  return STRATEGY_WORDS[strategy] ?? strategy;
}

function boundWords({ bound }: Coverage): string {
  switch (bound) {
    case "executions":
      return "limit reached";
    case "seconds":
      return "time limit reached";
    case "preemptions":
      return "bounded by preemptions";
    case "delays":
      return "bounded by delays";
    case "steps":
      return "some executions were longer than the limit of steps";
    case "first-finding":
      return "stopped at the first finding";
    case null:
      return "not every schedule was tried";
  }
}

/** A row of an outcome table. */
export interface OutcomeRow {
  readonly scenario: string;
  readonly outcome: string;
  /** Whether it is what the scenario expects; null when it expects nothing. */
  readonly expected: boolean | null;
  readonly executions: number;
  readonly remark?: string;
}

const COLUMNS: readonly Column[] = [
  { heading: "scenario" },
  { heading: "outcome" },
  { heading: "as expected" },
  { heading: "executions", align: "right" },
  { heading: "" },
];

/** Outcomes as an aligned table. */
export function outcomeTable(rows: readonly OutcomeRow[], paint?: Paint): string {
  const expected = (row: OutcomeRow): string => (row.expected === null ? "-" : row.expected ? "yes" : "NO");
  const cells = rows.map((row) => [
    row.scenario,
    row.outcome,
    expected(row),
    thousands(row.executions),
    row.remark ?? "",
  ]);
  return table(COLUMNS, cells, paint);
}
