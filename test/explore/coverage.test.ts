// Goal: the operations of an exploration are counted as they were carried out, whatever the strategy, set-up apart.
import { describe, expect, test } from "vitest";
import { OperationTally } from "#explore/coverage";
import type { Program } from "#explore/execution";
import { explore, type ExploreOptions } from "#explore/explorer";
import { Kernel } from "#kernel/kernel";
import { settle } from "#kernel/settle";
import { Atomic } from "#sync/atomic";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { dining, writers } from "./programs.js";

function tallied(program: Program, options: ExploreOptions = {}): Record<string, number> {
  const tally = new OperationTally();
  explore(program, { ...options, recorder: tally });
  return Object.fromEntries(
    tally.operations.map(({ objectType, operation, count }) => [`${objectType} ${operation}`.trim(), count]),
  );
}

describe("operations", () => {
  test("are counted in every execution: n writers, n! interleavings", () => {
    const simulation = { startIsStep: false };
    expect(tallied(writers(2), { strategy: "dfs", simulation })).toEqual({ "atomic atomic set": 4 });
    expect(tallied(writers(3), { strategy: "dfs", simulation })).toEqual({ "atomic atomic set": 18 });
  });

  test("that take effect without being a point are counted too: unlocks", () => {
    // Four interleavings; in the two that deadlock nobody gets a second lock, and nobody gives one back.
    const counts = tallied(dining(2), { strategy: "dfs", simulation: { startIsStep: false } });
    expect(counts).toEqual({ "mutex lock": 2 * 4 + 2 * 2, "mutex unlock": 2 * 4 });
  });

  test("notifies tell how often nobody was there, and waits how often time ended them", () => {
    const tally = new OperationTally();
    const program: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const mutex = new Mutex(kernel, "m");
      const variable = new ConditionVariable(kernel, "v");
      kernel.spawn("waiter", function* () {
        yield* mutex.lock();
        yield* variable.wait(mutex, 8, 10); // no loop: every end of it is wanted
        mutex.unlock();
      });
      kernel.spawn("notifier", function* () {
        yield* variable.notifyOne();
      });
    };
    explore(program, { strategy: "dfs", simulation: { startIsStep: false }, recorder: tally });
    const notify = tally.operations.find(({ operation }) => operation === "notify");
    expect(notify?.inVain).toBeGreaterThan(0);
    expect(notify?.inVain).toBeLessThan(notify?.count ?? 0);
    expect(tally.operations.find(({ operation }) => operation === "time out")?.count).toBeGreaterThan(0);
  });

  test("of the set-up are left out, and a search is the same with and without counting", () => {
    const program: Program = (simulation) => {
      const kernel = new Kernel(simulation);
      const x = new Atomic(kernel, 0, "x");
      const thread = kernel.spawn("setup", function* () {
        for (let i = 0; i < 5; i++) yield* x.add(1);
      });
      settle(simulation, thread);
      kernel.spawn("main", function* () {
        yield* x.set(0);
      });
    };
    expect(tallied(program)).toEqual({ start: 1, "atomic atomic set": 1 });
    const { milliseconds: _, ...plain } = explore(dining(3));
    const { milliseconds: __, ...counted } = explore(dining(3), { recorder: new OperationTally() });
    expect(counted).toEqual(plain);
  });
});
