// Goal: the reporter's paragraph counts what the tests' searches did, and lists what is open.
import { expect, test } from "vitest";
import { summaryText } from "#vitest/reporter";
import type { SearchSummary } from "#vitest/summary";

const search = (changes: Partial<SearchSummary>): SearchSummary => ({
  scenario: "s",
  wants: "every schedule",
  passed: true,
  strategy: "dpor",
  executions: 1000,
  blocked: 0,
  steps: 5000,
  exhausted: true,
  bound: null,
  countsTraces: true,
  milliseconds: 250,
  judged: 30,
  findings: [],
  operations: [],
  ...changes,
});

test("it sums up executions, traces, operations and failures", () => {
  const operations = [{ objectType: "mutex", operation: "lock", count: 7, inVain: 0 }];
  const finding = { outcome: "deadlock", message: "m", schedule: "ls1:" } as const;
  const text = summaryText([
    { test: "holds", failed: false, summary: search({ operations }) },
    { test: "holds too", failed: false, summary: search({ operations, blocked: 12 }) },
    { test: "known", failed: false, summary: search({ wants: "a failure", executions: 3, countsTraces: false }) },
    { test: "hangs", failed: true, summary: search({ passed: false, findings: [finding], exhausted: false }) },
    { test: "is cut", failed: true, summary: search({ passed: false, exhausted: false, bound: "seconds" }) },
    { test: "was meant to fail", failed: false, summary: search({ passed: false, findings: [finding] }) },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "   Lockstep  2 scenarios hold on every schedule, 1 known failure found, 2 failed
                 5,003 executions (5,000 traces, 12 cut short beside them), 30,000 steps in 1.50 s, judges looked at 180
                 not to the end: is cut (seconds)
                 failed: hangs (deadlock)
                 operations carried out, in all executions:
                   mutex: lock 14
    "
  `);
});
