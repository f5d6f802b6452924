// Goal: what a search says never claims more than it did.
import { describe, expect, test } from "vitest";
import { counted, cut, listed, table, thousands, wrap } from "#report/text";
import { coverageSentence, outcomeTable, type Coverage } from "#report/words";

const clean: Coverage = {
  strategy: "sleep",
  outcome: "finished",
  executions: 4211,
  exhausted: true,
  bound: null,
  firstFailure: null,
  findings: [],
};

describe("coverage", () => {
  test("of an exhausted search is that none exists, and on what that rests", () => {
    expect(coverageSentence(clean)).toBe(
      "none exists in this scenario: 4,211 traces, exhausted (sleep sets, adversarial time, plain accesses atomic between operations)",
    );
  });

  test.each([
    [
      { strategy: "random", executions: 10_000, exhausted: false, bound: "executions" },
      "no failure found in 10,000 executions (limit reached; random walk)",
    ],
    [{ exhausted: false, bound: "seconds" }, "no failure found in 4,211 executions (time limit reached; sleep sets)"],
    [
      { exhausted: false, bound: "steps" },
      "no failure found in 4,211 executions (some executions were longer than the limit of steps; sleep sets)",
    ],
    [
      { strategy: "dfs", exhausted: false, bound: "preemptions", most: 2 },
      "no failure found within at most 2 preemptions: 4,211 executions, all there are (depth first); with more preemptions it may still fail",
    ],
    [
      { strategy: "random", exhausted: false },
      "no failure found in 4,211 executions (not every schedule was tried; random walk)",
    ],
  ] as const)("of a bounded search never reads like a proof: %o", (part, sentence) => {
    expect(coverageSentence({ ...clean, ...part })).toBe(sentence);
    expect(sentence).not.toMatch(/none exists|exhausted/);
  });

  test("of a search that found something says whether there may be more", () => {
    const failed = { ...clean, outcome: "panic", firstFailure: 7, findings: [{}] } as const;
    expect(coverageSentence(failed)).toBe(
      "1 distinct failure, and no other in this scenario: 4,211 traces, exhausted; first failure in execution 7",
    );
    expect(coverageSentence({ ...failed, executions: 7, exhausted: false, bound: "first-finding" })).toBe(
      "1 distinct failure in 7 executions, first failure in execution 7; the search stopped there, there may be others",
    );
    expect(coverageSentence({ ...failed, findings: [{}, {}], exhausted: false, bound: "executions" })).toBe(
      "2 distinct failures in 4,211 executions, first failure in execution 7; limit reached, there may be others",
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
