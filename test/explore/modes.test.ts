// Goal: what a search says of itself is so: a bound counts each schedule once and meets each failure at the least cost,
// random priorities promise no more than they keep, several strategies in turn keep to their budget, and every finding is
// shrunk to what is known to be least. Method: the programs of the literature (facts: explorer.md, D.3), through `explore`.
import { describe, expect, test } from "vitest";
import { InputError } from "#base/assert";
import type { Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { Search } from "#explore/search";
import type { Standing } from "#explore/standing";
import type { SimulationOptions } from "#kernel/options";
import { buffer, deadlock01, dining, inc, lastzero, lazy01, readers, reorder, sync01, tokenRing } from "./programs.js";

const ORACLE: Partial<SimulationOptions> = { pointsBefore: "every", startIsStep: false };

/** Depth-first where nobody says otherwise: that counts interleavings. */
const inOracle = (program: Program, options: ExploreOptions): ExploreResult =>
  explore(program, { strategy: "dfs", ...options, simulation: ORACLE });

const prefixSums = (histogram: readonly number[]): number[] => {
  let sum = 0;
  return histogram.map((exactly) => (sum += exactly));
};

describe("a search with 0, then 1, and so on up to n preemptions", () => {
  // The histograms of D.3: interleavings with exactly 0, 1, 2.. preemptions.
  const rows: readonly [string, Program, readonly number[]][] = [
    ["inc(4)", inc(4), [2, 6, 18, 18, 18, 6, 2]],
    ["dining(3)", dining(3), [6, 51, 72, 21, 18]],
    ["lastzero(2)", lastzero(2), [6, 13, 15, 1]],
    ["sync01", sync01(), [2, 1, 1]],
    ["reorder(2,1)", reorder(2, 1), [6, 18, 50, 64, 24]],
    ["readers(5)", readers(5), [720]],
  ];

  test.each(rows)("counts each schedule once, and says which it ran again: %s", (_name, program, histogram) => {
    const sums = prefixSums(histogram);
    sums.forEach((sum, most) => {
      const { executions, repeated, within } = inOracle(program, { preemptions: most });
      const lower = sums.slice(0, most).reduce((total, each) => total + each, 0);
      expect({ executions, repeated }).toEqual({ executions: sum, repeated: lower });
      expect(within).toEqual({ of: "preemptions", most, schedules: sum });
    });
  });

  test.each(rows)("is exhausted when a bound leaves nothing out, and ends there: %s", (_name, program, histogram) => {
    const result = inOracle(program, { preemptions: 1_000 });
    expect(result.executions).toBe(prefixSums(histogram).at(-1));
    expect(result).toMatchObject({ exhausted: true, bound: null, within: { most: histogram.length - 1 } });
  });

  test("says how far it came when its limit ends it", () => {
    const result = inOracle(dining(3), { preemptions: 4, maxExecutions: 100 });
    // 6, then 57 of which 6 again; the rest of the limit goes into the next bound.
    expect(result).toMatchObject({ exhausted: false, bound: "executions" });
    expect(result.within).toEqual({ of: "preemptions", most: 1, schedules: 57 });
    expect(result.executions + result.repeated).toBe(100);
    expect(inOracle(dining(3), { preemptions: 4, maxExecutions: 5 }).within).toBeNull();
  });

  test("meets each failure at the least bound that has it, and so proves it the least", () => {
    const least = (program: Program): [number, boolean][] =>
      inOracle(program, { preemptions: 3 }).findings.map((each) => [each.preemptions, each.provedLeast]);
    expect([dining(3), deadlock01(), reorder(2, 1)].flatMap(least)).toEqual([
      [1, true],
      [1, true],
      [1, true],
    ]);
    expect([lazy01(), sync01()].flatMap(least).every(([preemptions, proved]) => preemptions === 0 && proved)).toBe(
      true,
    );
    expect(inOracle(dining(3), { preemptions: 2 }).firstFailure).toBeGreaterThan(6);
  });

  test("counts a failing schedule once, too", () => {
    const result = inOracle(dining(3), { preemptions: 4 });
    expect(result.findings.map(({ executions }) => executions)).toEqual([6]);
  });

  test("with delays is complete within each of them, and grows to all there are", () => {
    const counts: number[] = [];
    let last: ExploreResult;
    do {
      last = inOracle(dining(2), { delays: counts.length });
      expect(last.within).toMatchObject({ of: "delays", most: counts.length, schedules: last.executions });
      counts.push(last.executions);
    } while (!last.exhausted);
    expect(counts[0]).toBe(1);
    expect(counts.at(-1)).toBe(6);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  test("takes one bound, a whole number, and a strategy that has one", () => {
    const run = (options: ExploreOptions) => (): ExploreResult => explore(inc(1), options);
    expect(run({ preemptions: 1, delays: 1 })).toThrow(InputError);
    expect(run({ preemptions: -1 })).toThrow("preemptions at most should be a whole number of 0 or more, not -1");
    expect(run({ strategy: "sleep", preemptions: 1 })).toThrow(/goes with the strategies dpor and dfs, not with sleep/);
    expect(run({ strategy: "dpor", delays: 1 })).toThrow(/goes with the strategy dfs, not with dpor/);
    expect(run({ strategy: "pct", depth: 0 })).toThrow("the depth of a bug should be a whole number of 1 or more");
  });
});

describe("random priorities", () => {
  test("say what they promise, from the most threads and steps that were seen", () => {
    const { guarantee } = explore(dining(3), { strategy: "pct", depth: 2, maxExecutions: 200 });
    expect(guarantee).toMatchObject({ depth: 2, threads: 3 });
    const { threads, steps, perExecution, together, executions } = guarantee ?? expect.fail("no guarantee");
    expect(perExecution).toBeCloseTo(1 / (threads * steps), 12);
    // What was drawn before the longest execution was seen promises nothing.
    expect(executions).toBeLessThan(200);
    expect(together).toBeCloseTo(1 - (1 - perExecution) ** executions, 12);
  });

  test("keep their promise: the deadlock of depth 2 is found more often than they say", () => {
    const found = Array.from({ length: 20 }, (_, seed) =>
      explore(dining(2), { strategy: "pct", depth: 2, seed, maxExecutions: 20 }),
    );
    const failing = found.reduce((sum, { findings }) => sum + (findings[0]?.executions ?? 0), 0);
    const promised = found.reduce((sum, each) => {
      const { perExecution, executions } = each.guarantee ?? expect.fail("no guarantee");
      return sum + perExecution * executions;
    }, 0);
    expect(failing).toBeGreaterThan(promised);
  });

  test("are the only ones to promise", () => {
    for (const strategy of ["random", "pos", "surw", "dfs", "dpor"] as const) {
      expect(explore(inc(2), { strategy, maxExecutions: 10 }).guarantee).toBeNull();
    }
  });
});

describe("several strategies in turn", () => {
  const auto = (program: Program, options: ExploreOptions = {}): ExploreResult =>
    explore(program, { strategy: "auto", ...options });

  test("are done when partial-order reduction is, which is a proof", () => {
    const result = auto(inc(3), { maxExecutions: 1_000 });
    expect(result).toMatchObject({ exhausted: true, bound: null, executions: 20, outcome: "finished" });
    expect(result.parts).toEqual([{ strategy: "dpor", bound: null, executions: 20, blocked: 0, findings: 0 }]);
  });

  test("else share the budget, and say what each did", () => {
    const result = auto(dining(8), { maxExecutions: 400 });
    expect(result).toMatchObject({ exhausted: false, bound: "executions", outcome: "deadlock" });
    const names = result.parts.map(({ strategy, bound }) => (bound === null ? strategy : `${strategy} by ${bound}`));
    expect(names).toEqual(["dpor", "dpor by preemptions", "pct", "pos", "surw", "random"]);
    const sampled = result.parts.slice(2).map(({ executions }) => executions);
    expect(sampled.every((executions) => executions >= 40 && executions <= 60)).toBe(true);
    const all = result.parts.reduce((sum, part) => sum + part.executions, 0);
    expect(all).toBe(result.executions);
    expect(all + result.blocked + result.repeated).toBe(400);
    expect(result.parts.some((part) => part.findings === 1)).toBe(true);
    expect(result.guarantee).not.toBeNull();
  });

  test("unite what they find, each failure once", () => {
    const result = auto(dining(8), { maxExecutions: 400 });
    const identities = result.findings.map(({ outcome }) => identityOf(outcome));
    expect(new Set(identities).size).toBe(identities.length);
    expect(identities).toHaveLength(1);
    expect(result.parts.reduce((sum, { findings }) => sum + findings, 0)).toBeGreaterThan(1);
  });

  test("do the same again for the same seed and number of executions, another seed something else", () => {
    const run = (seed: number): unknown => {
      const seen: string[] = [];
      const { findings, ...rest } = auto(dining(7), {
        seed,
        maxExecutions: 200,
        onExecution: ({ outcome, steps }) => seen.push(`${outcome.kind} ${steps}`),
      });
      return { ...rest, findings: findings.map(({ choices }) => choices), seen };
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test("follow the clock where the budget is time", () => {
    let now = 0;
    const result = auto(dining(8), { maxMilliseconds: 1_000, now: () => (now += 20) });
    expect(result).toMatchObject({ bound: "seconds", exhausted: false });
    expect(result.parts.length).toBeGreaterThan(2);
  });

  test("go on just there when they are put aside", () => {
    const options: ExploreOptions = { strategy: "auto", maxExecutions: 200 };
    for (const pause of [70, 130]) {
      let count = 0;
      const first = new Search(dining(7), options);
      first.advance(() => count++ === pause);
      const standing = JSON.parse(JSON.stringify(first.standing())) as Standing;
      const second = new Search(dining(7), options, { standing });
      second.advance();
      expect(second.result()).toEqual(explore(dining(7), options));
    }
  });

  test("stop at the first finding when they are told to", () => {
    const result = auto(dining(4), { maxExecutions: 400, stopAtFirst: true });
    expect(result).toMatchObject({ bound: "first-finding", executions: result.firstFailure });
  });
});

describe("a shrunk finding", () => {
  // The least number of preemptions of each, by brute force (D.3).
  const rows: readonly [string, Program, number][] = [
    ["dining(3)", dining(3), 1],
    ["deadlock01", deadlock01(), 1],
    ["reorder(2,1)", reorder(2, 1), 1],
    ["lazy01", lazy01(), 0],
    ["token_ring", tokenRing(), 0],
    ["buf(2,2,1,true)", buffer(2, 2, 1, true), 0],
  ];

  test.each(rows)("needs as few preemptions as there can be, whoever found it: %s", (_name, program, least) => {
    for (const strategy of ["dpor", "dfs", "random", "auto"] as const) {
      const result = inOracle(program, { strategy, maxExecutions: 200, shrink: true });
      expect(result.findings.length, strategy).toBeGreaterThan(0);
      for (const { preemptions, provedLeast } of result.findings) {
        expect({ strategy, preemptions, provedLeast }).toEqual({ strategy, preemptions: least, provedLeast: true });
      }
    }
  });
});

test("partial-order reduction is what explores when nobody says how, and a bound on delays means depth-first", () => {
  expect(explore(inc(2)).strategy).toBe("dpor");
  expect(explore(inc(2), { preemptions: 0 })).toMatchObject({ strategy: "dpor", within: { most: 0 } });
  expect(explore(inc(2), { delays: 0 }).strategy).toBe("dfs");
  expect(explore(inc(2), { strategy: "source" })).toMatchObject({ strategy: "source", executions: 6, exhausted: true });
});

test("an execution that is cut off for its length ends every claim to have seen all", () => {
  const endless: Partial<SimulationOptions> = { ...ORACLE, maxSteps: 3 };
  for (const options of [{ delays: 0 }, { preemptions: 100 }, { strategy: "dpor" }] as const) {
    const result = explore(inc(3), { ...options, simulation: endless });
    expect(result).toMatchObject({ outcome: "out-of-steps", exhausted: false, bound: "steps" });
  }
});
