// `lockstep/vitest/reporter`: sums up what all tests of a run have searched.
//
// It prints after the others: `reporters: ["default", "lockstep/vitest/reporter"]`. What it knows comes with the tests
// (src/vitest/summary.ts), so it sums up shards that are merged, and projects, as well.

import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { OperationCount } from "#explore/coverage";
import { coverageText } from "#report/coverage";
import { counted, thousands } from "#report/text";
import { shownPath } from "#vitest/report-file";
import type { SearchSummary } from "#vitest/summary";

interface Searched {
  readonly test: string;
  /** Whether the whole test failed: one that is expected to fail did not. */
  readonly failed: boolean;
  readonly summary: SearchSummary;
}

const WIDTH = 100;
/** More searches that were not exhausted, or more failures, are counted and not listed. */
const LISTED_MOST = 10;

/** A reporter that prints one paragraph. */
export class LockstepReporter implements Reporter {
  readonly #print: (text: string) => void;

  /** @param print where it goes; default: the process's standard output */
  constructor(print?: unknown) {
    // vitest gives the options of its configuration, if only an empty object.
    this.#print =
      typeof print === "function" ? (print as (text: string) => void) : (text) => void process.stdout.write(text);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const searched = modules.flatMap((module) => [...module.children.allTests()].flatMap(searchesOf));
    if (searched.length > 0) this.#print(`\n${summaryText(searched)}\n`);
  }
}

// vitest takes what a reporter's module exports by default.
export default LockstepReporter;

function searchesOf(test: TestCase): Searched[] {
  const failed = test.result().state === "failed";
  return (test.meta().lockstep ?? []).map((summary) => ({ test: test.fullName, failed, summary }));
}

function isFailure({ failed, summary }: Searched): boolean {
  return failed && !summary.passed;
}

/** The paragraph. */
export function summaryText(searched: readonly Searched[]): string {
  const all = searched.map(({ summary }) => summary);
  const count = (fits: (summary: SearchSummary) => boolean): number => all.filter(fits).length;
  const held = count(({ wants, passed, exhausted }) => wants === "every schedule" && passed && exhausted);
  const kept = count(({ wants, passed }) => wants === "a failure" && passed);
  const single = count(({ wants }) => wants === "one schedule");
  const failed = searched.filter(isFailure).length;
  const parts = [
    ...(held === 0 ? [] : [`${counted(held, "scenario")} ${held === 1 ? "holds" : "hold"} on every schedule`]),
    ...(kept === 0 ? [] : [`${counted(kept, "known failure")} found`]),
    ...(single === 0 ? [] : [`${counted(single, "schedule")} run alone`]),
    ...(failed === 0 ? [] : [`${thousands(failed)} failed`]),
  ];
  return [
    line("Lockstep", parts.join(", ")),
    line("", workWords(all)),
    ...proofLines(searched),
    ...failureLines(searched),
    ...operationLines(all),
    "",
  ].join("\n");
}

function line(heading: string, text: string): string {
  return `${heading.padStart(11)}  ${text}`;
}

function workWords(all: readonly SearchSummary[]): string {
  const sum = (of: (summary: SearchSummary) => number): number => all.reduce((total, each) => total + of(each), 0);
  const executions = sum((each) => each.executions);
  const traces = sum((each) => (each.countsTraces ? each.executions : 0));
  const blocked = sum((each) => each.blocked);
  const seconds = sum((each) => each.milliseconds) / 1000;
  const judged = sum((each) => each.judged);
  const inside = [
    ...(traces === 0 ? [] : [counted(traces, "trace")]),
    ...(blocked === 0 ? [] : [`${thousands(blocked)} cut short beside them`]),
  ];
  return [
    `${counted(executions, "execution")}${inside.length === 0 ? "" : ` (${inside.join(", ")})`}`,
    `${counted(
      sum((each) => each.steps),
      "step",
    )} in ${seconds.toFixed(seconds < 10 ? 2 : 0)} s`,
    ...(judged === 0 ? [] : [`judges looked at ${thousands(judged)}`]),
  ].join(", ");
}

function proofLines(searched: readonly Searched[]): string[] {
  const open = searched.filter(
    ({ failed, summary: { wants, exhausted, findings } }) =>
      failed && wants === "every schedule" && !exhausted && findings.length === 0,
  );
  return listed("not to the end", open, ({ summary }) => summary.bound ?? "cut off");
}

function failureLines(searched: readonly Searched[]): string[] {
  const failed = searched.filter((each) => isFailure(each) && each.summary.findings.length > 0);
  return listed("failed", failed, ({ summary }) => {
    const [first] = summary.findings;
    return `${first?.outcome ?? ""}${summary.report === undefined ? "" : `, ${shownPath(summary.report)}`}`;
  });
}

function listed(heading: string, searched: readonly Searched[], about: (each: Searched) => string): string[] {
  const lines = searched.slice(0, LISTED_MOST).map((each) => line("", `${heading}: ${each.test} (${about(each)})`));
  const rest = searched.length - lines.length;
  return rest > 0 ? [...lines, line("", `and ${thousands(rest)} more`)] : lines;
}

function operationLines(all: readonly SearchSummary[]): string[] {
  const counts = new Map<string, OperationCount>();
  for (const each of all.flatMap(({ operations }) => operations)) {
    const key = `${each.objectType}|${each.operation}`;
    const known = counts.get(key);
    const count = (known?.count ?? 0) + each.count;
    counts.set(key, { ...each, count, inVain: (known?.inVain ?? 0) + each.inVain });
  }
  if (counts.size === 0) return [];
  const text = coverageText({ operations: [...counts.values()], files: [] }, WIDTH);
  return text.split("\n").map((each) => `${" ".repeat(11)}${each}`);
}
