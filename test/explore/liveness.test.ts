// Goal: every strategy comes to its end, whatever the program and however small the budget; and what it says of its way there adds up.
// Method: odd programs (odd-programs.ts) and tiny budgets; a search that takes far too long is ended by the engine, and fails.
import { describe, expect, test } from "vitest";
import type { Program } from "#explore/execution";
import { explore, type ExploreOptions, type ExploreResult } from "#explore/explorer";
import { Search } from "#explore/search";
import { STRATEGIES } from "#explore/strategy";
import { B_OK } from "#base/status";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { Mutex } from "#sync/mutex";
import { shared } from "#sync/shared";
import { Watchdog } from "#workers/watchdog";
import { ODD_PROGRAMS, lateMark, threadsByRace } from "./odd-programs.js";
import { dining, inc } from "./programs.js";
import { comparable, throughJson } from "./partition/walking.js";

/** Milliseconds: a thousand times what it takes. */
const HANGING = 20_000;
const BUDGETS = [1, 2, 7] as const;

const SEARCHES: readonly ExploreOptions[] = [
  ...STRATEGIES.map((strategy): ExploreOptions => ({ strategy })),
  { strategy: "pct", depth: 1 },
  { strategy: "dfs", preemptions: 2 },
  { strategy: "dpor", preemptions: 2 },
  { delays: 2 },
];

function explored(program: Program, options: ExploreOptions): ExploreResult {
  const watchdog = new Watchdog(program);
  return watchdog.guard(() => explore(watchdog.program, options), HANGING);
}

describe.each(Object.entries(ODD_PROGRAMS))("%s", (_name, program) => {
  test.each(SEARCHES.map((options) => [JSON.stringify(options), options] as const))("%s", (_words, options) => {
    for (const maxExecutions of BUDGETS) {
      const result = explored(program, { ...options, maxExecutions });
      const { executions, blocked, repeated, exhausted, bound, guarantee, parts, findings } = result;
      const all = executions + blocked + repeated;
      expect(all).toBeGreaterThan(0);
      expect(all).toBeLessThanOrEqual(maxExecutions);
      // Nothing ends a search but that nothing is left, or a limit that is told.
      expect(exhausted).toBe(bound === null);
      if (bound === "executions") expect(all).toBe(maxExecutions);
      if (parts.length > 0) expect(parts.reduce((sum, part) => sum + part.executions, 0)).toBe(executions);
      expect(findings.reduce((sum, each) => sum + each.executions, 0)).toBeLessThanOrEqual(executions);
      if (guarantee === null) continue;
      expect(guarantee.executions).toBeLessThanOrEqual(executions);
      for (const probability of [guarantee.perExecution, guarantee.together]) {
        expect(probability).toBeGreaterThanOrEqual(0);
        expect(probability).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe("put aside between any two executions, and gone on with, it is the same search", () => {
  const searches = SEARCHES.map((options) => [JSON.stringify(options), options] as const);

  test.each(searches)("%s", (_words, options) => {
    for (const program of [threadsByRace, lateMark]) {
      const wanted: ExploreOptions = { ...options, maxExecutions: 30 };
      let search = new Search(program, wanted);
      for (let turn = 1; !search.advance(briefly(turn)); turn++) {
        search = new Search(program, wanted, { standing: throughJson(search.standing()) });
      }
      expect(comparable(search.result())).toEqual(comparable(explore(program, wanted)));
    }
  });

  // One execution, two, three, and again.
  const briefly = (turn: number): (() => boolean) => {
    let left = 1 + (turn % 3);
    return () => left-- <= 0;
  };
});

test("time that is over at once still leaves a result", () => {
  for (const options of SEARCHES) {
    let now = 0;
    const result = explore(dining(6), { ...options, maxMilliseconds: 1, now: () => (now += 5) });
    expect(result).toMatchObject({ bound: "seconds", exhausted: false });
    expect(result.executions + result.blocked + result.repeated).toBeLessThanOrEqual(16);
  }
});

describe("what was covered within a bound", () => {
  // Each thread adds twice. Where three threads have added once each, in one order, which takes two preemptions, a lock needs a mark.
  const twicePreempted: Program = (simulation) => {
    const kernel = new Kernel(simulation);
    const lock = new Mutex(kernel, "lock");
    const order = shared(kernel, 0, "order");
    function* twice(self: number): Steps<void> {
      for (let i = 0; i < 2; i++) {
        yield* lock.lock();
        order.value = (order.value * 10 + self) % 10_000;
        const isLate = order.value === 231;
        lock.unlock();
        if (isLate && (yield* lock.tryLock()) === B_OK) lock.unlock();
      }
    }
    for (let self = 1; self <= 4; self++) kernel.spawn(`t${self}`, () => twice(self));
  };

  test("is not claimed when marks come up later: it had too few points", () => {
    const search = new Search(twicePreempted, { strategy: "auto", maxExecutions: 400 });
    const hasMarks = (): boolean => search.standing().marks.length > 0;
    expect(search.advance(hasMarks)).toBe(false);
    const resumed = new Search(
      twicePreempted,
      { strategy: "auto", maxExecutions: 400 },
      { standing: throughJson(search.standing()) },
    );
    resumed.advance();
    const { parts, within } = resumed.result();
    expect(parts.map(({ strategy }) => strategy)).toContain("random");
    expect(within).toBeNull();
  });

  test("is claimed when none do", () => {
    const { within } = explore(inc(6), { strategy: "auto", maxExecutions: 400 });
    expect(within).toMatchObject({ of: "preemptions", most: 1 });
  });

  test("is not claimed when an execution there was cut off for its length", () => {
    const simulation = { maxSteps: 8 };
    const { within, bound } = explore(dining(3), { strategy: "dfs", preemptions: 3, maxExecutions: 60, simulation });
    expect(bound).toBe("executions");
    expect(within).toBeNull();
  });
});
