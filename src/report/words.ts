// What a search says about what it did not find: "none exists" and "no failure found" are two sentences.
//
// Invariant: only an exhausted search of a complete strategy, that no bound cut, says "none exists".

import { counted, table, thousands, type Column } from "#report/text";
import type { Paint } from "#report/paint";
import type { ExploreResult } from "#explore/explorer";
import type { Part, StrategyName } from "#explore/strategy";

/** What the sentences are made from. */
export type Coverage = Pick<
  ExploreResult,
  "strategy" | "outcome" | "executions" | "exhausted" | "heldUp" | "nestedOnly" | "bound" | "firstFailure" | "within"
> & {
  readonly findings: { readonly length: number };
  readonly parts: readonly Pick<Part, "strategy" | "executions" | "bound">[];
};

/** What a strategy does, in a few words. */
export const STRATEGY_WORDS: Readonly<Record<StrategyName, string>> = {
  dpor: "partial-order reduction",
  source: "partial-order reduction with source sets",
  sleep: "sleep sets",
  dfs: "depth first",
  random: "random walk",
  pct: "random priorities (PCT)",
  pos: "partial-order sampling",
  surw: "selectively uniform random walk",
  auto: "several strategies in turn",
};

/** How time passes while exploring: every sentence says so, since a wait may then end at any moment. */
const TIME = "adversarial time";
/** What "exhausted" rests on. */
const ASSUMPTIONS = `${TIME}, plain accesses atomic between operations`;
/** With a loop that polls or spins (docs/explanation/time.md). */
const HELD_UP = "loops that only wait followed for their first rounds";

/** With threads that stood aside, one perhaps because of another (src/kernel/access-point.ts). */
const NESTED_ONLY =
  "not covered: two threads, both in the middle of a step, that go on in the order in which they came there";

/** One sentence on what the search covered and what it found, without a full stop. */
export function coverageSentence(coverage: Coverage): string {
  return coverage.firstFailure === null ? withoutFailure(coverage) : withFailure(coverage);
}

function withoutFailure(coverage: Coverage): string {
  if (coverage.exhausted && coverage.bound === null) {
    return `none exists in this scenario: ${executionsWords(coverage)}, exhausted (${strategyWords(coverage)}, ${assumptions(coverage)})`;
  }
  const strategy = `${strategyWords(coverage)}, ${TIME}`;
  const within = withinWords(coverage);
  if (within === "") {
    return `no failure found in ${counted(coverage.executions, "execution")} (${boundWords(coverage)}; ${strategy})`;
  }
  if (isBounded(coverage)) {
    return `no failure found ${within}, ${allWords(coverage)} (${strategy}); a bound proves nothing beyond it`;
  }
  const all = counted(coverage.executions, "execution");
  return `no failure found in ${all} (${boundWords(coverage)}; ${strategy}), complete ${within}; a bound proves nothing beyond it`;
}

function withFailure(coverage: Coverage): string {
  const first = `first failure in execution ${thousands(coverage.firstFailure ?? 0)}`;
  const distinct =
    coverage.findings.length === 1 ? "1 distinct failure" : `${thousands(coverage.findings.length)} distinct failures`;
  if (coverage.exhausted)
    return `${distinct}, and no other in this scenario: ${executionsWords(coverage)}, exhausted (${strategyWords(coverage)}, ${assumptions(coverage)}); ${first}`;
  const strategy = `${strategyWords(coverage)}, ${TIME}`;
  const within = withinWords(coverage);
  if (isBounded(coverage) && within !== "")
    return `${distinct} ${within}, ${allWords(coverage)} (${strategy}); ${first}; beyond the bound there may be others`;
  const rest = coverage.bound === "first-finding" ? "the search stopped there" : boundWords(coverage);
  const complete = within === "" ? "" : ` (complete ${within})`;
  return `${distinct} in ${counted(coverage.executions, "execution")} (${strategy}), ${first}; ${rest}${complete}, there may be others`;
}

function assumptions({ heldUp, nestedOnly }: Coverage): string {
  const assumed = heldUp ? `${ASSUMPTIONS}, ${HELD_UP}` : ASSUMPTIONS;
  return nestedOnly ? `${assumed}; ${NESTED_ONLY}` : assumed;
}

function isBounded({ bound }: Coverage): boolean {
  return bound === "preemptions" || bound === "delays";
}

// The bound that was explored to its end. With executions that were cut off for their length, none was.
function withinWords({ within, bound }: Coverage): string {
  if (within === null || bound === "steps") return "";
  const what = counted(within.most, within.of === "delays" ? "delay" : "preemption");
  return `within ${what}: ${counted(within.schedules, "schedule")}`;
}

function allWords({ strategy }: Coverage): string {
  return strategy === "dfs" ? "all there are" : "which stand for all there are";
}

// With a reduction each complete execution is a trace of its own, but not with a bounded one; depth first counts
// interleavings. Of several strategies the last one came to its end.
function executionsWords({ strategy, executions, parts, within }: Coverage): string {
  const last = parts.at(-1) ?? { strategy, executions, bound: within === null ? null : within.of };
  if (last.strategy === "dfs") return counted(last.executions, "interleaving");
  if (last.bound === null) return counted(last.executions, "trace");
  return `${counted(last.executions, "schedule")}, which stand for all there are`;
}

function strategyWords({ strategy, exhausted, parts }: Coverage): string {
  const last = parts.at(-1);
  return STRATEGY_WORDS[exhausted && last !== undefined ? last.strategy : strategy];
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
    case "interrupted":
      return "stopped from outside";
    case "shard":
      return "one of several parts";
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
