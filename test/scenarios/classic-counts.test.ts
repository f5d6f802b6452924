// Goal: the programs that ship count what brute force and other explorers count (facts: explorer.md, D.2 and D.3), at sizes that
// only a good reduction reaches. Method: sleep sets and partial-order reduction, as the command explores and with `points=every`;
// interleavings by plain depth-first search, preemptions by bounds. test/explore/oracles.test.ts has the small sizes in all settings.
import { describe, expect, test } from "vitest";
import type { ParameterValues } from "#scenario/types";
import { classicCase, search, title, type Name } from "./classics.js";

type Row = readonly [name: Name, parameters: ParameterValues, traces: number, failing: number];

/** C(2n, n). */
const orders = (n: number): number => (n === 0 ? 1 : (orders(n - 1) * (4 * n - 2)) / n);
const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

const SMALL: readonly Row[] = [
  ...[1, 2, 3, 4].map((n): Row => ["inc", { n }, orders(n), 0]),
  ["inc", { threads: 3, n: 2 }, 90, 0],
  ["inc", { threads: 4, n: 1 }, 24, 0],
  ...[2, 3, 4, 5].map((n): Row => ["dining", { n }, 2 ** n - 1, 1]),
  ...[1, 3, 5].map((n): Row => ["readers", { n }, 2 ** n, 0]),
  ...[3, 5].map((n): Row => ["writers", { n }, factorial(n), 0]),
  ...[2, 3, 4].map((n): Row => ["lastzero", { n }, (n + 3) * 2 ** (n - 2), 0]),
  ["deadlock01", {}, 3, 1],
  ["phase01", {}, 6, 6],
  ["sync01", {}, 3, 3],
  ["sync01", { wakeups: "any" }, 3, 3],
  ["lazy01", {}, 6, 2],
  ["account", {}, 6, 2],
  ["token-ring", {}, 24, 4],
  ["reorder", { setters: 1 }, 4, 1],
  ["reorder", { setters: 2 }, 52, 8],
  ["bluetooth", {}, 10, 1],
  ["buffer", { producers: 1, consumers: 1, items: 2, conditions: 2 }, 8, 0],
  ["buffer", { producers: 2, consumers: 1, conditions: 2 }, 16, 0],
  ["buffer", { conditions: 2 }, 56, 0],
  ["buffer", { conditions: 2, wakeups: "any" }, 64, 0],
  ["buffer", { conditions: 1 }, 60, 4],
  ["buffer", { conditions: 1, wakeups: "any" }, 80, 8],
  // Critical sections of two threads under one mutex: any order of them, as in inc.
  ["circular-buffer", { n: 4, fixed: true }, orders(4), 0],
  ["queue", { n: 4, fixed: true }, orders(4), 0],
  ["stack", { n: 4, fixed: true }, orders(4), 0],
  ["string-buffer", { fixed: true }, 3, 0],
  ["din-phil-sat", { n: 4 }, factorial(4), factorial(4)],
  ["rendezvous", { fixed: true }, 1, 0],
  // These were counted by an enumerator of its own, as abstract machines, before they were written for the kernel.
  ["chase-lev", { fixed: true }, 7, 0],
  ["unisex-bathroom", { fixed: true }, 54, 0],
  ["santa-claus", { fixed: true }, 132, 0],
  ["wrong-waiter", {}, 54, 2],
  ["wrong-waiter", { fixed: true }, 70, 0],
];

const LARGE: readonly Row[] = [
  ["inc", { n: 6 }, 924, 0],
  ["dining", { n: 8 }, 255, 1],
  ["dining", { n: 10 }, 1023, 1],
  ["readers", { n: 10 }, 1024, 0],
  ["writers", { n: 6 }, 720, 0],
  ["lastzero", { n: 6 }, 144, 0],
  ["lastzero", { n: 8 }, 704, 0],
  ["circular-buffer", { n: 6, fixed: true }, orders(6), 0],
];

const SETTINGS: readonly ParameterValues[] = [{}, { points: "every" }];

const cases = (rows: readonly Row[], settings: readonly ParameterValues[] = SETTINGS) =>
  rows.flatMap((row) => {
    const [name, parameters, traces, failing] = row;
    return settings.map((setting) => {
      const all = { ...parameters, ...setting };
      return [title(name, all), name, all, traces, failing] as const;
    });
  });

describe.each(["sleep", "dpor"] as const)("%s runs each trace once", (strategy) => {
  test.each(cases(SMALL))("%s", (_title, name, parameters, traces, failing) => {
    const result = search(classicCase(name, parameters), { strategy });
    expect([result.executions, result.failing, result.exhausted]).toEqual([traces, failing, true]);
  });
});

describe("partial-order reduction runs each trace once, where there are many", () => {
  test.each(cases(LARGE, [{}]))("%s", (_title, name, parameters, traces, failing) => {
    const result = search(classicCase(name, parameters), { strategy: "dpor" });
    expect([result.executions, result.failing, result.exhausted]).toEqual([traces, failing, true]);
  });
});

/** Interleavings with exactly 0, 1, 2... preemptions, and how many of all of them fail. */
const HISTOGRAMS: readonly (readonly [Name, ParameterValues, readonly number[], failing: number])[] = [
  ["bluetooth", {}, [2, 10, 22, 41, 36, 44, 12, 10], 10],
  ["circular-buffer", { n: 3, fixed: true }, [2, 4, 8, 4, 2], 0],
  ["circular-buffer", { n: 4, fixed: true }, [2, 6, 18, 18, 18, 6, 2], 0],
  ["stack", { n: 3, fixed: true }, [2, 4, 8, 4, 2], 0],
  ["account", {}, [6], 2],
  ["string-buffer", { fixed: true }, [2, 1], 0],
  ["din-phil-sat", { n: 3 }, [6], 6],
];

describe("interleavings by their preemptions", () => {
  const all = HISTOGRAMS.map((row) => [title(row[0], row[1]), ...row] as const);
  test.each(all)("%s", (_title, name, parameters, histogram, failing) => {
    const counted = classicCase(name, { ...parameters, points: "every" });
    const found = histogram.map((_, preemptions) => search(counted, { strategy: "dfs", preemptions }).executions);
    expect(found.map((sum, place) => sum - (found[place - 1] ?? 0))).toEqual(histogram);
    const whole = search(counted, { strategy: "dfs" });
    expect([whole.executions, whole.failing, whole.exhausted]).toEqual([found.at(-1), failing, true]);
  });
});
