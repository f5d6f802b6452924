// Goal: sleep sets and partial-order reduction lose nothing. On hundreds of small random programs they reach exactly the
// end states that plain depth-first search reaches, and the same ones whichever operations are points.
// Method: seeded programs, a family of operations each; a program whose states differ is shrunk and printed.
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import type { Execution } from "#explore/execution";
import { explore, type ExploreOptions } from "#explore/explorer";
import type { KernelOptions } from "#kernel/kernel-options";
import type { SimulationOptions } from "#kernel/options";
import {
  endState,
  FAMILIES,
  isData,
  randomProgram,
  runnable,
  smaller,
  type OpName,
  type RandomProgram,
} from "./random-programs.js";

const TIMES = Number(process.env["LOCKSTEP_FUZZ"] ?? 1);
const SEED = Number(process.env["LOCKSTEP_FUZZ_SEED"] ?? 1);
/** Of each family, and in each way. */
const PROGRAMS = 4;
const EXECUTIONS_MOST = TIMES > 1 ? 20_000 : 250;

type Way = Pick<ExploreOptions, "strategy"> & {
  readonly simulation?: Partial<SimulationOptions>;
  readonly kernel?: KernelOptions & { readonly pointFirst?: boolean };
};

/** Every end state; null when there are too many executions to see them all. */
function endStates(program: RandomProgram, way: Way, most: number): Set<string> | null {
  const states = new Set<string>();
  const result = explore(runnable(program, way.kernel), {
    ...(way.strategy === undefined ? {} : { strategy: way.strategy }),
    maxExecutions: most,
    simulation: { maxSteps: 2_000, ...way.simulation },
    onExecution: (execution) => states.add(endState(execution)),
  });
  return result.exhausted ? states : null;
}

/** What one way reaches and the other does not: empty when they agree, null when they cannot be compared. */
function difference(program: RandomProgram, one: Way, other: Way, most = EXECUTIONS_MOST): string[] | null {
  const left = endStates(program, one, most);
  const right = left === null ? null : endStates(program, other, most);
  if (left === null || right === null) return null;
  const lost = [...right].filter((state) => !left.has(state)).map((state) => `only the second way: ${state}`);
  return [...lost, ...[...left].filter((state) => !right.has(state)).map((state) => `only the first way: ${state}`)];
}

function shrunk(program: RandomProgram, one: Way, other: Way): RandomProgram {
  for (const less of smaller(program)) {
    const states = difference(less, one, other);
    if (states !== null && states.length > 0) return shrunk(less, one, other);
  }
  return program;
}

/** Compares the two ways on `count` programs; gives how many could be compared. */
function agree(names: readonly OpName[], count: number, one: Way, other: Way): number {
  const prng = new Prng(SEED);
  let compared = 0;
  for (let i = 0; i < count * TIMES; i++) {
    const program = randomProgram(prng, names);
    const states = difference(program, one, other);
    if (states === null) continue;
    compared++;
    if (states.length === 0) continue;
    const least = shrunk(program, one, other);
    expect.fail(`${JSON.stringify(least)}\n${(difference(least, one, other) ?? []).join("\n")}`);
  }
  return compared;
}

const SLEEP: Way = { strategy: "sleep" };
const DFS: Way = { strategy: "dfs" };
const DPOR: Way = { strategy: "dpor" };
const with2Cpus = (way: Way): Way => ({ ...way, kernel: { cpus: 2 } });
const with1Wakeup = (way: Way): Way => ({ ...way, simulation: { wakeups: "any" } });

const names = (family: string): readonly OpName[] => FAMILIES[family] ?? [];
const families = Object.keys(FAMILIES);

describe("sleep sets reach the end states of depth-first search", () => {
  test.each(families)("%s", (family) => {
    expect(agree(names(family), PROGRAMS, SLEEP, DFS)).toBeGreaterThan(0);
  });

  // By way of sleep sets, which are cheaper than depth-first search.
  const resuming = "one suspended thread";
  const reduced = families.filter((family) => family !== resuming);
  test.each(reduced)("so does partial-order reduction: %s", (family) => {
    expect(agree(names(family), PROGRAMS, DPOR, SLEEP)).toBeGreaterThan(0);
  });

  // Resuming a thread that runs already must show that it looked at it (see below).
  test(`so does partial-order reduction: ${resuming}`, () => {
    expect(agree(names(resuming), PROGRAMS, DPOR, SLEEP)).toBeGreaterThan(0);
  });

  test("any waiter may be notified", () => {
    expect(agree(names("condition variables"), PROGRAMS, with1Wakeup(SLEEP), with1Wakeup(DFS))).toBeGreaterThan(0);
  });

  // With an allowance of mishaps, of which no step's footprint knows.
  test.each(["condition variables", "entries of condition variables"])("waits may end for nothing: %s", (family) => {
    const spurious = (way: Way): Way => ({ ...way, simulation: { spuriousWakeups: 1, wakeups: "any" } });
    expect(agree(names(family), PROGRAMS, spurious(SLEEP), spurious(DFS))).toBeGreaterThan(0);
    expect(agree(names(family), PROGRAMS, spurious(DPOR), spurious(SLEEP))).toBeGreaterThan(0);
  });

  test.each(["spinlocks", "mutexes and unlocked data"])("on two CPUs: %s", (family) => {
    expect(agree(names(family), PROGRAMS, with2Cpus(SLEEP), with2Cpus(DFS))).toBeGreaterThan(0);
  });

  test.each([{ debug: "release" }, { heap: "guarded" }, { debug: "release", heap: "guarded" }] as const)(
    "freed memory, %j",
    (kernel) => {
      expect(agree(names("freed memory"), PROGRAMS, { ...SLEEP, kernel }, { ...DFS, kernel })).toBeGreaterThan(0);
    },
  );
});

describe("programs that once lost an end state", () => {
  const lost = (program: RandomProgram, one: Way, other: Way): string[] | null =>
    difference(program, one, other, 20_000);

  // Resuming a thread that runs already must show that it looked at it.
  test("two threads resume one: either may be the first", () => {
    expect(lost([[["resumeExtra"]], [["resumeExtra"]]], DPOR, DFS)).toEqual([]);
    expect(
      lost(
        [
          [["get"], ["resumeExtra"]],
          [["increment"], ["joinExtra"]],
        ],
        DPOR,
        DFS,
      ),
    ).toEqual([]);
  });

  // Disabling interrupts on the last CPU keeps everybody else from going on: all steps depend on it.
  test("two CPUs with interrupts off leave none for a third thread", () => {
    const program: RandomProgram = [[["interruptsOff"]], [["interruptsOff"]], [["atomicAdd"]]];
    expect(lost(program, with2Cpus(SLEEP), with2Cpus(DFS))).toEqual([]);
  });

  // Where somebody can see whether a thread is dead, its end is no part of the step of its last operation.
  test("a signal finds a thread between its last unlock and its end", () => {
    const program: RandomProgram = [[["addEntry"], ["signalAndLog", 1]], [["mutex", 0, [["notifyOne"]]]]];
    expect(lost(program, SLEEP, { ...SLEEP, simulation: { pointsBefore: "every" } })).toEqual([]);
  });

  test("a lock is destroyed while another thread is queued or about to be", () => {
    expect(lost([[["lockAndDestroy", 0]], [["increment"], ["mutex", 0, []]]], SLEEP, DFS)).toEqual([]);
    expect(
      lost([[["recursive", 0, [["destroyRecursive"]]]], [["increment"], ["recursive", 0, []]]], SLEEP, DFS),
    ).toEqual([]);
  });

  test("a wait gives a recursive lock back while another thread tries it", () => {
    expect(lost([[["recursiveWait", 1]], [["tryRecursive", 0, []]]], SLEEP, DFS)).toEqual([]);
  });

  test("a reader upgrades while another reads", () => {
    const every: Way = { ...SLEEP, simulation: { pointsBefore: "every" } };
    expect(lost([[["read", 0, [["write", 0, []]]]], [["read", 0, []]]], SLEEP, every)).toEqual([]);
  });
});

describe("the end states do not depend on what is a point", () => {
  const everyPoint: Way = { ...SLEEP, simulation: { pointsBefore: "every" } };
  test.each(families)("points before unlocks too: %s", (family) => {
    expect(agree(names(family), PROGRAMS, SLEEP, everyPoint)).toBeGreaterThan(0);
  });

  const kernel = { pointFirst: true };
  const oracle: Way = { ...SLEEP, kernel, simulation: { pointsBefore: "every", startIsStep: false } };
  test.each(families)("the oracle setting: %s", (family) => {
    expect(agree(names(family), PROGRAMS, { ...SLEEP, kernel }, oracle)).toBeGreaterThan(0);
  });

  // A queue that shows is Haiku's own: first come, first served, and what that leads to.
  const marks = new Set<number>();
  const onExecution = (execution: Execution): void => {
    for (let number = 1; number <= 32; number++) if (!isData(execution, number)) marks.add(number);
  };
  explore(runnable([]), { maxExecutions: 1, onExecution });
  const marked: Way = { ...SLEEP, simulation: { marks } };
  test.each(families)("every object marked but data: %s", (family) => {
    expect(agree(names(family), PROGRAMS, SLEEP, marked)).toBeGreaterThan(0);
  });
});
