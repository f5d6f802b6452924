// Goal: the explorer counts exactly what brute force and other explorers count on the programs of the literature.
// Method: interleavings with plain depth-first search in the oracle setting, traces with sleep sets in every
// setting, preemption histograms through bounds (facts: explorer.md, D.2 and D.3).
import { describe, expect, test } from "vitest";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import type { Program } from "#explore/execution";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { SimulationOptions } from "#kernel/options";
import { Atomic } from "#sync/atomic";
import { isLongRun } from "../long-run.js";
import {
  buffer,
  deadlock01,
  dining,
  inc,
  lastzero,
  lazy01,
  phase01,
  readers,
  reorder,
  sync01,
  tokenRing,
  writers,
} from "./programs.js";

const ORACLE: Partial<SimulationOptions> = { pointsBefore: "every", startIsStep: false };

const SETTINGS: readonly Partial<SimulationOptions>[] = [
  { pointsBefore: "operations", startIsStep: true },
  { pointsBefore: "operations", startIsStep: false },
  { pointsBefore: "every", startIsStep: true },
  ORACLE,
];

/** What takes longer is counted in the longer run only. */
const TRACES_MOST = 150;

interface Row {
  readonly name: string;
  readonly program: Program;
  /** Null where brute force did not get through. */
  readonly interleavings: number | null;
  readonly traces: number;
  /** Failing interleavings, and failing traces. */
  readonly failing?: number;
  readonly failingTraces?: number;
  readonly outcome?: "deadlock" | "assertion";
  /** Interleavings with exactly 0, 1, 2.. preemptions, where the switch away from a live thread counts. */
  readonly histogram?: readonly number[];
  readonly wakeups?: "fifo" | "any";
}

const deadlocks = (failing: number, failingTraces: number): Partial<Row> => ({
  failing,
  failingTraces,
  outcome: "deadlock",
});
const asserts = (failing: number, failingTraces: number): Partial<Row> => ({
  failing,
  failingTraces,
  outcome: "assertion",
});

const ROWS: readonly Row[] = [
  { name: "inc(1)", program: inc(1), interleavings: 2, traces: 2, histogram: [2] },
  { name: "inc(2)", program: inc(2), interleavings: 6, traces: 6, histogram: [2, 2, 2] },
  { name: "inc(3)", program: inc(3), interleavings: 20, traces: 20, histogram: [2, 4, 8, 4, 2] },
  { name: "inc(4)", program: inc(4), interleavings: 70, traces: 70, histogram: [2, 6, 18, 18, 18, 6, 2] },
  { name: "inc(5)", program: inc(5), interleavings: null, traces: 252 },
  { name: "inc(6)", program: inc(6), interleavings: null, traces: 924 },
  { name: "dining(2)", program: dining(2), interleavings: 6, traces: 3, ...deadlocks(2, 1), histogram: [2, 4] },
  {
    name: "dining(3)",
    program: dining(3),
    interleavings: 168,
    traces: 7,
    ...deadlocks(6, 1),
    histogram: [6, 51, 72, 21, 18],
  },
  {
    name: "dining(4)",
    program: dining(4),
    interleavings: isLongRun ? 98_184 : null,
    traces: 15,
    ...deadlocks(24, 1),
    histogram: isLongRun ? [24, 488, 2604, 7044] : [24, 488],
  },
  { name: "dining(5)", program: dining(5), interleavings: null, traces: 31, ...deadlocks(0, 1) },
  { name: "dining(6)", program: dining(6), interleavings: null, traces: 63, ...deadlocks(0, 1) },
  { name: "readers(3)", program: readers(3), interleavings: 24, traces: 8, histogram: [24] },
  { name: "readers(5)", program: readers(5), interleavings: 720, traces: 32, histogram: [720] },
  { name: "readers(8)", program: readers(8), interleavings: null, traces: 256 },
  { name: "writers(3)", program: writers(3), interleavings: 6, traces: 6, histogram: [6] },
  { name: "writers(5)", program: writers(5), interleavings: 120, traces: 120, histogram: [120] },
  { name: "lastzero(1)", program: lastzero(1), interleavings: 3, traces: 2, histogram: [2, 1] },
  { name: "lastzero(2)", program: lastzero(2), interleavings: 35, traces: 5, histogram: [6, 13, 15, 1] },
  { name: "lastzero(3)", program: lastzero(3), interleavings: 920, traces: 12, histogram: [24, 118, 309, 365, 93, 11] },
  {
    name: "lastzero(4)",
    program: lastzero(4),
    interleavings: isLongRun ? 44_300 : null,
    traces: 28,
    histogram: [120, 1046, 4774],
  },
  { name: "lastzero(5)", program: lastzero(5), interleavings: null, traces: 64 },
  { name: "lastzero(6)", program: lastzero(6), interleavings: null, traces: 144 },
  { name: "deadlock01", program: deadlock01(), interleavings: 6, traces: 3, ...deadlocks(2, 1), histogram: [2, 4] },
  { name: "lazy01", program: lazy01(), interleavings: 6, traces: 6, ...asserts(2, 2), histogram: [6] },
  { name: "token_ring", program: tokenRing(), interleavings: 24, traces: 24, ...asserts(4, 4), histogram: [24] },
  { name: "phase01", program: phase01(), interleavings: 6, traces: 6, ...deadlocks(6, 6), histogram: [2, 2, 2] },
  { name: "sync01", program: sync01(), interleavings: 4, traces: 3, ...deadlocks(4, 3), histogram: [2, 1, 1] },
  {
    name: "sync01",
    wakeups: "any",
    program: sync01(),
    interleavings: 4,
    traces: 3,
    ...deadlocks(4, 3),
    histogram: [2, 1, 1],
  },
  { name: "reorder(1,1)", program: reorder(1, 1), interleavings: 7, traces: 4, ...asserts(1, 1), histogram: [2, 2, 3] },
  {
    name: "reorder(2,1), which is reorder_3",
    program: reorder(2, 1),
    interleavings: 162,
    traces: 52,
    ...asserts(8, 8),
    histogram: [6, 18, 50, 64, 24],
  },
  { name: "buf(1,1,1,false)", program: buffer(1, 1, 1, false), interleavings: 2, traces: 2, histogram: [2] },
  {
    name: "buf(1,1,1,false)",
    wakeups: "any",
    program: buffer(1, 1, 1, false),
    interleavings: 2,
    traces: 2,
    histogram: [2],
  },
  { name: "buf(1,1,2,false)", program: buffer(1, 1, 2, false), interleavings: 8, traces: 8, histogram: [2, 4, 2] },
  {
    name: "buf(1,1,2,false)",
    wakeups: "any",
    program: buffer(1, 1, 2, false),
    interleavings: 8,
    traces: 8,
    histogram: [2, 4, 2],
  },
  { name: "buf(2,1,1,false)", program: buffer(2, 1, 1, false), interleavings: 16, traces: 16, histogram: [8, 8] },
  {
    name: "buf(2,1,1,false)",
    wakeups: "any",
    program: buffer(2, 1, 1, false),
    interleavings: 16,
    traces: 16,
    histogram: [8, 8],
  },
  { name: "buf(2,2,1,false)", program: buffer(2, 2, 1, false), interleavings: 56, traces: 56, histogram: [56] },
  {
    name: "buf(2,2,1,false)",
    wakeups: "any",
    program: buffer(2, 2, 1, false),
    interleavings: 64,
    traces: 64,
    histogram: [64],
  },
  { name: "buf(1,1,1,true)", program: buffer(1, 1, 1, true), interleavings: 2, traces: 2, histogram: [2] },
  {
    name: "buf(1,1,1,true)",
    wakeups: "any",
    program: buffer(1, 1, 1, true),
    interleavings: 2,
    traces: 2,
    histogram: [2],
  },
  {
    name: "buf(2,2,1,true)",
    program: buffer(2, 2, 1, true),
    interleavings: 60,
    traces: 60,
    ...deadlocks(4, 4),
    histogram: [60],
  },
  {
    name: "buf(2,2,1,true)",
    wakeups: "any",
    program: buffer(2, 2, 1, true),
    interleavings: 80,
    traces: 80,
    ...deadlocks(8, 8),
    histogram: [80],
  },
];

const title = ({ name, wakeups }: Row): string => (wakeups === undefined ? name : `${name}, any waiter wakes`);
const settingName = (setting: Partial<SimulationOptions>): string =>
  `points before ${setting.pointsBefore}, ${setting.startIsStep === true ? "starting is a step" : "starting is no step"}`;

function count(
  row: Row,
  setting: Partial<SimulationOptions>,
  options: ExploreOptions,
): ExploreResult & { failing: number } {
  let failing = 0;
  const result = explore(row.program, {
    ...options,
    simulation: { ...setting, wakeups: row.wakeups ?? "fifo" },
    onExecution: ({ outcome }) => {
      if (outcome.kind !== "finished") failing++;
      if (outcome.kind !== "finished") expect(outcome.kind).toBe(row.outcome);
    },
  });
  return { ...result, failing };
}

describe("plain depth-first search counts the interleavings, and those that fail", () => {
  const counted = ROWS.filter((row) => row.interleavings !== null);
  test.each(counted.map((row) => [title(row), row] as const))("%s", (_title, row) => {
    const result = count(row, ORACLE, { strategy: "dfs" });
    expect([result.executions, result.failing]).toEqual([row.interleavings, row.failing ?? 0]);
    expect(result).toMatchObject({ exhausted: true, bound: null, blocked: 0, outcome: row.outcome ?? "finished" });
  });
});

// What has many traces is counted in one setting, in the longer run in all.
function casesOf(rows: readonly Row[]): (readonly [title: string, row: Row, setting: Partial<SimulationOptions>])[] {
  return rows.flatMap((row) =>
    SETTINGS.slice(0, isLongRun || row.traces <= TRACES_MOST ? SETTINGS.length : 1).map(
      (setting) => [`${title(row)}, ${settingName(setting)}`, row, setting] as const,
    ),
  );
}

describe("sleep sets run each trace once, in every setting", () => {
  const cases = casesOf(ROWS);
  test.each(cases)("%s", (_title, row, setting) => {
    const result = count(row, setting, { strategy: "sleep" });
    expect([result.executions, result.failing]).toEqual([row.traces, row.failingTraces ?? 0]);
    expect(result).toMatchObject({ exhausted: true, bound: null, outcome: row.outcome ?? "finished" });
  });
});

describe("partial-order reduction runs each trace once, in every setting, and nothing besides", () => {
  const cases = casesOf(ROWS);
  test.each(cases)("%s", (_title, row, setting) => {
    const result = count(row, setting, { strategy: "dpor" });
    expect([result.executions, result.failing]).toEqual([row.traces, row.failingTraces ?? 0]);
    expect(result).toMatchObject({ exhausted: true, bound: null, outcome: row.outcome ?? "finished" });
  });
});

describe("a bound of n preemptions leaves exactly the interleavings with at most n", () => {
  const counted = ROWS.filter((row) => row.histogram !== undefined);
  test.each(counted.map((row) => [title(row), row] as const))("%s", (_title, row) => {
    let sum = 0;
    (row.histogram ?? []).forEach((exactly, preemptions) => {
      sum += exactly;
      const result = count(row, ORACLE, { strategy: "dfs", preemptions });
      expect([preemptions, result.executions]).toEqual([preemptions, sum]);
      // A bounded search is exhausted only if the bound left nothing out.
      const whole = sum === row.interleavings;
      expect(result).toMatchObject({ exhausted: whole, bound: whole ? null : "preemptions" });
    });
  });
});

// Starting a thread inside the start of another must not end that start, nor ask who goes first.
test("three threads with one operation each have 3! interleavings, though one starts another before its own", () => {
  const program: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const x = new Atomic(kernel, 0, "x");
    const adds = function* (): Steps<void> {
      yield* x.add(1);
    };
    kernel.spawn("a", function* () {
      kernel.spawn("child", adds);
      yield* x.add(1);
    });
    kernel.spawn("b", adds);
  };
  expect(explore(program, { strategy: "dfs", simulation: ORACLE }).executions).toBe(6);
});

test("a bound says how many preemptions the first bug needs", () => {
  const least = (program: Program): number => {
    for (let preemptions = 0; ; preemptions++) {
      const result = explore(program, { strategy: "dfs", preemptions, simulation: ORACLE });
      if (result.outcome !== "finished") return preemptions;
    }
  };
  expect([dining(2), dining(3), deadlock01(), reorder(1, 1), reorder(2, 1)].map(least)).toEqual([1, 1, 1, 1, 1]);
  expect([lazy01(), tokenRing(), phase01(), sync01(), buffer(2, 2, 1, true)].map(least)).toEqual([0, 0, 0, 0, 0]);
});

test("random walks find what there is, and never call a search exhausted", () => {
  for (const program of [dining(3), reorder(2, 1), tokenRing()]) {
    const result = explore(program, { strategy: "random", seed: 7, maxExecutions: 3000 });
    expect(result).toMatchObject({ executions: 3000, exhausted: false, bound: "executions" });
    expect(result.outcome).not.toBe("finished");
  }
});
