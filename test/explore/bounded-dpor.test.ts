// Goal: bounded partial-order reduction meets everything that bounded depth-first search meets, in fewer executions.
// Method: on random programs of every kind, within 1 and 2 preemptions, the traces, end states and failures of both; of
// executions that a failure cut short only the failure counts. The least bound that has a failure is the same (D.3).
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { execute, type Program } from "#explore/execution";
import { explore } from "#explore/explorer";
import { identityOf } from "#explore/identity";
import { makeStrategy } from "#explore/make-strategy";
import { Kernel } from "#kernel/kernel";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { Mutex } from "#sync/mutex";
import { buffer, deadlock01, dining, inc, lazy01, phase01, reorder, sync01, tokenRing } from "./programs.js";
import { endState, FAMILIES, randomProgram, runnable, type OpName, type RandomProgram } from "./random-programs.js";
import { TraceWatcher } from "./trace-watcher.js";

const PROGRAMS = 3 * Number(process.env.LOCKSTEP_FUZZ ?? 1);
const SEED = Number(process.env.LOCKSTEP_FUZZ_SEED ?? 1);
const EXECUTIONS_MOST = 800;

interface Met {
  /** Traces, end states and failures, as texts. */
  readonly all: ReadonlySet<string>;
  readonly executions: number;
}

/** What there is to meet; null when the program is too large, or never ends. */
function metBy(
  strategy: "dfs" | "dpor",
  program: RandomProgram,
  preemptions: number,
  marks: ReadonlySet<number> = new Set(),
): Met | null {
  const search = makeStrategy({ strategy, preemptions });
  const watcher = new TraceWatcher(search);
  const all = new Set<string>();
  let executions = 0;
  for (; search.begin(); executions++) {
    if (executions > EXECUTIONS_MOST) return null;
    const simulation = { ...DEFAULT_OPTIONS, maxSteps: 400, marks };
    const ended = execute(runnable(program), watcher, { time: "adversarial", simulation });
    const { newMarks, failed } = ended.simulation;
    const trace = watcher.take();
    if (newMarks !== null) return metBy(strategy, program, preemptions, new Set([...marks, ...newMarks]));
    if (ended.outcome.kind === "out-of-steps") return null;
    if (failed) all.add(`failure ${ended.outcome.message}`);
    else all.add(`end ${endState(ended)}`);
    if (!failed && !isTimed(program)) all.add(`trace ${trace}`);
  }
  return { all, executions };
}

// The wake of a sleeper that polls reads what it watched, which depends on how long it has: its traces are not canonical, and
// sleep sets do not meet the very same ones either.
function isTimed(program: RandomProgram): boolean {
  return /timed|snooze|poll/i.test(JSON.stringify(program));
}

/** Compares the two on some programs; gives how many were small enough, and how many executions each took. */
function compare(names: readonly OpName[], preemptions: number): { compared: number; dfs: number; dpor: number } {
  const prng = new Prng(SEED);
  const sums = { compared: 0, dfs: 0, dpor: 0 };
  for (let i = 0; i < PROGRAMS; i++) {
    const program = randomProgram(prng, names);
    const dfs = metBy("dfs", program, preemptions);
    if (dfs === null) continue;
    const dpor = metBy("dpor", program, preemptions);
    const lost = [...dfs.all].filter((each) => dpor?.all.has(each) !== true);
    expect(lost, JSON.stringify(program)).toEqual([]);
    sums.compared++;
    sums.dfs += dfs.executions;
    sums.dpor += dpor?.executions ?? 0;
  }
  return sums;
}

describe.each([1, 2])("within %d preemptions nothing is lost", (preemptions) => {
  test.each(Object.entries(FAMILIES))("%s", (_name, names) => {
    const { compared, dfs, dpor } = compare(names, preemptions);
    expect(compared).toBeGreaterThan(0);
    expect(dpor).toBeLessThanOrEqual(dfs);
  });
});

const findings = (strategy: "dfs" | "dpor", program: Program, preemptions: number): [string, number, boolean][] =>
  explore(program, { strategy, preemptions })
    .findings.map((each): [string, number, boolean] => [identityOf(each.outcome), each.preemptions, each.provedLeast])
    .sort(([a], [b]) => (a < b ? -1 : 1));

test("each failure of the literature's programs is met at the same least bound", () => {
  const broken = [dining(3), deadlock01(), reorder(2, 1), lazy01(), tokenRing(), phase01(), sync01()];
  for (const program of [...broken, buffer(2, 2, 1, true)]) {
    const all = findings("dfs", program, 2);
    expect(all.length).toBeGreaterThan(0);
    expect(findings("dpor", program, 2)).toEqual(all);
  }
});

test("threads that share nothing are not interleaved", () => {
  const twoPairs: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    for (const name of ["a", "b"]) {
      const mutex = new Mutex(kernel, name);
      for (const thread of [1, 2]) {
        kernel.spawn(`${name}${thread}`, function* () {
          yield* mutex.lock();
          mutex.unlock();
        });
      }
    }
  };
  const [reduced, all] = (["dpor", "dfs"] as const).map((strategy) => explore(twoPairs, { strategy, preemptions: 1 }));
  expect(reduced?.within).toMatchObject({ of: "preemptions", most: 1 });
  expect((reduced?.executions ?? 0) * 5).toBeLessThan(all?.executions ?? 0);
});

test("a bound that leaves nothing out exhausts the search, and it ends there", () => {
  const result = explore(inc(3), { strategy: "dpor", preemptions: 1_000 });
  expect(result).toMatchObject({ exhausted: true, bound: null, outcome: "finished" });
  expect(result.executions).toBeGreaterThanOrEqual(20);
});

test("a search that was put aside goes on just there", () => {
  const first = makeStrategy({ strategy: "dpor", preemptions: 2 });
  const run = (strategy: ReturnType<typeof makeStrategy>, most: number): string[] => {
    const seen: string[] = [];
    for (let i = 0; i < most && strategy.begin(); i++) {
      execute(dining(3), strategy, { time: "adversarial", simulation: DEFAULT_OPTIONS });
      seen.push(JSON.stringify(strategy.choices()));
    }
    return seen;
  };
  run(first, 15);
  const checkpoint: unknown = JSON.parse(JSON.stringify(first.checkpoint?.()));
  const second = makeStrategy({ strategy: "dpor", preemptions: 2 }, undefined, { checkpoint });
  const rest = run(second, 1_000);
  expect(rest.length).toBeGreaterThan(5);
  expect(rest).toEqual(run(first, 1_000));
});
