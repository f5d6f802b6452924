// Goal: whoever watches a long search is told how fast it goes and what it has found, and what is left only where somebody
// knows. Method: the words for one moment, and the line on a terminal.
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { progressLine, progressWords } from "#cli/progress";

const REACHED = { executions: 12_000, blocked: 3_000, findings: 2, fraction: 0.25, workers: 2 };

test("a walk through the whole tree says about how much is behind and left", () => {
  expect(progressWords({ name: "x", strategy: "sleep" }, REACHED, 10_000, 0)).toBe(
    "12,000 traces, 3,000 cut short, 1,500/s on 2 workers, 2 findings, about 25 % done, 30.0 s left",
  );
  expect(progressWords({ name: "x", strategy: "dfs" }, { ...REACHED, blocked: 0 }, 500, 0)).toBe(
    "12,000 interleavings, 24,000/s on 2 workers, 2 findings, about 25 % done",
  );
});

test("partial-order reduction, which adds branches as it goes, says how much is behind at most", () => {
  const words = progressWords({ name: "x", strategy: "dpor" }, { ...REACHED, workers: 1 }, 10_000, 0);
  expect(words).toBe("12,000 traces, 3,000 cut short, 1,500/s, 2 findings, at most 25 % done");
});

test("lots are drawn up to a number, and no estimate is made", () => {
  const sought = { name: "x", strategy: "pct", most: 20_000 } as const;
  const words = progressWords(sought, { executions: 5_000, blocked: 0, findings: 1, fraction: null }, 1_000, 0);
  expect(words).toBe("5,000 of 20,000 executions, 5,000/s, 1 finding");
});

test("what an earlier session did is no speed of this one", () => {
  expect(progressWords({ name: "x", strategy: "dpor" }, { ...REACHED, fraction: null }, 1_000, 14_000)).toContain(
    ", 1,000/s",
  );
});

test("the line comes, and goes away, only where somebody watches", () => {
  const shown = (isWatched: boolean): string => {
    let error = "";
    let now = 0;
    const terminal = {
      out: () => {},
      error: (text: string) => void (error += text),
      isWatched,
      colors: picocolors.createColors(false),
      width: 40,
      now: () => (now += 200),
      folder: "",
      program: "lockstep",
    };
    const line = progressLine(terminal, { name: "x", strategy: "dpor" });
    line.show(REACHED);
    line.clear();
    return error;
  };
  expect(shown(false)).toBe("");
  const [line = "", ...rest] = shown(true).split("\u001b[K");
  expect(line).toMatch(/^\r12,000 traces, /);
  expect(line.length).toBeLessThanOrEqual(40);
  expect(rest).toEqual(["\r", ""]);
});
