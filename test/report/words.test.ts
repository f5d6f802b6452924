// Goal: what a search says never claims more than it did.
import { describe, expect, test } from "vitest";
import { counted, cut, listed, table, thousands, wrap } from "#report/text";
import { coverageSentence, outcomeTable, type Coverage } from "#report/words";

const within2 = { of: "preemptions", most: 2, schedules: 812 } as const;

const clean: Coverage = {
  strategy: "sleep",
  outcome: "finished",
  executions: 4211,
  exhausted: true,
  heldUp: false,
  nestedOnly: false,
  bound: null,
  firstFailure: null,
  within: null,
  parts: [],
  findings: [],
};

describe("coverage", () => {
  test("of an exhausted search is that none exists, and on what that rests", () => {
    expect(coverageSentence(clean)).toBe(
      "none exists in this scenario: 4,211 traces, exhausted (sleep sets, adversarial time, plain accesses atomic between operations)",
    );
    expect(coverageSentence({ ...clean, heldUp: true })).toContain(
      "plain accesses atomic between operations, loops that only wait followed for their first rounds)",
    );
    const parts = [
      { strategy: "dpor", executions: 100, bound: null },
      { strategy: "dpor", executions: 168, bound: "preemptions" },
    ] as const;
    expect(coverageSentence({ ...clean, strategy: "auto", parts: parts.slice(0, 1) })).toMatch(
      /^none exists in this scenario: 100 traces, exhausted \(partial-order reduction, /,
    );
    expect(coverageSentence({ ...clean, strategy: "auto", parts })).toMatch(
      /^none exists in this scenario: 168 schedules, which stand for all there are, exhausted \(partial-order reduction, /,
    );
    expect(coverageSentence({ ...clean, strategy: "dfs", within: within2 })).toMatch(
      /^none exists in this scenario: 4,211 interleavings, exhausted \(depth first, /,
    );
  });

  test.each([
    [
      { strategy: "random", executions: 10_000, exhausted: false, bound: "executions" },
      "no failure found in 10,000 executions (limit reached; random walk, adversarial time)",
    ],
    [
      { exhausted: false, bound: "seconds" },
      "no failure found in 4,211 executions (time limit reached; sleep sets, adversarial time)",
    ],
    [
      { exhausted: false, bound: "steps" },
      "no failure found in 4,211 executions (some executions were longer than the limit of steps; sleep sets, adversarial time)",
    ],
    [
      { strategy: "dfs", exhausted: false, bound: "preemptions", within: within2 },
      "no failure found within 2 preemptions: 812 schedules, all there are (depth first, adversarial time); a bound proves nothing beyond it",
    ],
    [
      { strategy: "dpor", exhausted: false, bound: "preemptions", within: within2 },
      "no failure found within 2 preemptions: 812 schedules, which stand for all there are (partial-order reduction, adversarial time); a bound proves nothing beyond it",
    ],
    [
      { strategy: "dfs", exhausted: false, bound: "delays", within: { ...within2, of: "delays", most: 1 } },
      "no failure found within 1 delay: 812 schedules, all there are (depth first, adversarial time); a bound proves nothing beyond it",
    ],
    [
      { strategy: "dfs", executions: 1000, exhausted: false, bound: "seconds", within: within2 },
      "no failure found in 1,000 executions (time limit reached; depth first, adversarial time), complete within 2 preemptions: 812 schedules; a bound proves nothing beyond it",
    ],
    [
      { strategy: "dfs", executions: 1000, exhausted: false, bound: "executions" },
      "no failure found in 1,000 executions (limit reached; depth first, adversarial time)",
    ],
    [
      { strategy: "dfs", executions: 1000, exhausted: false, bound: "steps", within: within2 },
      "no failure found in 1,000 executions (some executions were longer than the limit of steps; depth first, adversarial time)",
    ],
    [
      { strategy: "auto", executions: 1000, exhausted: false, bound: "executions", within: within2 },
      "no failure found in 1,000 executions (limit reached; several strategies in turn, adversarial time), complete within 2 preemptions: 812 schedules; a bound proves nothing beyond it",
    ],
    [
      { strategy: "random", exhausted: false },
      "no failure found in 4,211 executions (not every schedule was tried; random walk, adversarial time)",
    ],
  ] as const)("of a bounded search never reads like a proof: %o", (part, sentence) => {
    expect(coverageSentence({ ...clean, ...part })).toBe(sentence);
    expect(sentence).not.toMatch(/none exists|exhausted/);
  });

  test("of a search that found something says whether there may be more", () => {
    const failed = { ...clean, outcome: "panic", firstFailure: 7, findings: [{}] } as const;
    expect(coverageSentence(failed)).toBe(
      "1 distinct failure, and no other in this scenario: 4,211 traces, exhausted (sleep sets, adversarial time, plain accesses atomic between operations); first failure in execution 7",
    );
    expect(coverageSentence({ ...failed, executions: 7, exhausted: false, bound: "first-finding" })).toBe(
      "1 distinct failure in 7 executions (sleep sets, adversarial time), first failure in execution 7; the search stopped there, there may be others",
    );
    expect(coverageSentence({ ...failed, findings: [{}, {}], exhausted: false, bound: "executions" })).toBe(
      "2 distinct failures in 4,211 executions (sleep sets, adversarial time), first failure in execution 7; limit reached, there may be others",
    );
    const bounded = { ...failed, strategy: "dfs", exhausted: false, within: within2 } as const;
    expect(coverageSentence({ ...bounded, bound: "preemptions" })).toBe(
      "1 distinct failure within 2 preemptions: 812 schedules, all there are (depth first, adversarial time); first failure in execution 7; beyond the bound there may be others",
    );
    expect(coverageSentence({ ...bounded, bound: "executions" })).toBe(
      "1 distinct failure in 4,211 executions (depth first, adversarial time), first failure in execution 7; limit reached (complete within 2 preemptions: 812 schedules), there may be others",
    );
    expect(coverageSentence({ ...bounded, bound: "steps" })).toBe(
      "1 distinct failure in 4,211 executions (depth first, adversarial time), first failure in execution 7; some executions were longer than the limit of steps, there may be others",
    );
  });
});

describe("plain text", () => {
  test("has numbers with separators, and nouns that agree", () => {
    expect([0, 999, 1000, 1234567].map(thousands)).toEqual(["0", "999", "1,000", "1,234,567"]);
    expect([counted(1, "thread"), counted(2, "thread")]).toEqual(["1 thread", "2 threads"]);
    expect([listed([]), listed(["a"]), listed(["a", "b", "c"])]).toEqual(["", "a", "a, b and c"]);
  });

  test("is wrapped at blanks, with a hanging indent, and cut where it must be", () => {
    expect(wrap("one two three four", 14, "  hint: ")).toBe("  hint: one\n        two\n        three\n        four");
    expect(wrap("unbreakable", 4)).toBe("unbreakable");
    expect([cut("lock", 4), cut("locked", 4)]).toEqual(["lock", "loc…"]);
  });

  test("makes aligned tables, without blanks at a line's end", () => {
    expect(
      table(
        [{ heading: "name" }, { heading: "n", align: "right" }],
        [
          ["tap0", "7"],
          ["a", "1,000"],
        ],
      ),
    ).toBe(["name      n", "----  -----", "tap0      7", "a     1,000"].join("\n"));
  });

  test("puts outcomes into a table", () => {
    const rows = [
      { scenario: "tun-close", outcome: "finished", expected: true, executions: 4211, remark: "none exists" },
      { scenario: "mine", outcome: "panic", expected: false, executions: 7 },
      { scenario: "other", outcome: "leak", expected: null, executions: 1 },
    ];
    expect(outcomeTable(rows)).toMatchInlineSnapshot(`
      "scenario   outcome   as expected  executions
      ---------  --------  -----------  ----------  -----------
      tun-close  finished  yes               4,211  none exists
      mine       panic     NO                    7
      other      leak      -                     1"
    `);
  });
});
