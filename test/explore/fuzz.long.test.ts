// Goal: sleep sets and partial-order reduction lose nothing. On hundreds of small random programs they reach exactly the
// end states that plain depth-first search reaches, and the same ones whichever operations are points.
// Method: seeded programs, a family of operations each; a program whose states differ is shrunk and printed.
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { describe, expect, test } from "vitest";
import type { Execution } from "#explore/execution";
import { explore } from "#explore/explorer";
import { agree as agreeOn, difference, TIMES, type Limits, type Way } from "./agreement.js";
import { FAMILIES, isData, randomProgram, runnable, type OpName, type RandomProgram } from "./random-programs.js";

/** Of each family, and in each way. */
const PROGRAMS = 4;
const LIMITS: Limits = { executions: TIMES > 1 ? 20_000 : 250, steps: 2_000 };

/** Compares the two ways on programs of these operations. */
function agree(names: readonly OpName[], count: number, one: Way, other: Way): number {
  return agreeOn((prng) => randomProgram(prng, names), count, one, other, LIMITS);
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
    difference(program, one, other, { ...LIMITS, executions: 20_000 });

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
