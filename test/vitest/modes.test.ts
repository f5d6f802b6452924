// Goal: `everySchedule` and `findsWithin` are chosen, multiplied and typed as vitest's own tests are, and refuse options that
// mean nothing. Method: they are used as a user would; what must not run would fail if it did.
import { describe, expect, expectTypeOf, test } from "vitest";
import { Mutex, scenario, type Program, type Scenario } from "lockstep";
import { everySchedule, findsWithin, type EverySchedule, type FindsWithin, type WantedOutcome } from "lockstep/vitest";
import { checkProjectOptions, checkTestOptions } from "#vitest/options";

const twoLocks = (swapped: boolean): Scenario =>
  scenario("two locks", {
    parameters: { threads: { default: 2, about: "how many" } },
    *run({ kernel, parameters }) {
      const a = new Mutex(kernel, "a");
      const b = new Mutex(kernel, "b");
      function* both(first: Mutex, second: Mutex) {
        using _ = yield* first.guard();
        using __ = yield* second.guard();
      }
      for (let number = 1; number <= Number(parameters.threads); number++) {
        kernel.spawn(`thread ${number}`, () => (swapped && number > 1 ? both(b, a) : both(a, b)));
      }
    },
  });

const ran: string[] = [];
const noting =
  (name: string): Program =>
  () =>
    void ran.push(name);

describe("tests are chosen", () => {
  everySchedule.skip("skipped", noting("skipped"));
  everySchedule.skipIf(true)("skipped by a condition", noting("skipped"));
  everySchedule.skipIf(false)("not skipped by a condition", noting("not skipped"));
  everySchedule.runIf(true)("run by a condition", noting("run"));
  everySchedule.runIf(false)("not run by a condition", noting("skipped"));
  everySchedule.fails("expected to fail", twoLocks(true));
  findsWithin.fails(10, "expected to find nothing", twoLocks(false), "deadlock");
  findsWithin.skip(1, "not looked for", twoLocks(false), "panic");
  everySchedule.concurrent("beside another", twoLocks(false));
  everySchedule.concurrent("beside one", twoLocks(false));

  test("and those that were not chosen did not run", () => {
    expect(new Set(ran)).toEqual(new Set(["not skipped", "run"]));
  });
});

describe("a test for each case", () => {
  everySchedule.each([1, 2, 3])("%i threads", twoLocks(false), (threads) => ({ parameters: { threads } }));
  everySchedule.each([{ swapped: false }])("swapped: $swapped", ({ swapped }) => twoLocks(swapped));
  everySchedule.each([[false, 2] as const])("a case of several: %s %i", (swapped, threads) => {
    expect(threads).toBe(2);
    return twoLocks(swapped);
  });
  findsWithin.each(["dpor", "dfs", "sleep"] as const)(10, "found by %s", twoLocks(true), "deadlock", (strategy) => ({
    strategy,
  }));

  test("has the case's name", ({ task }) => {
    const names = task.suite?.tasks.map(({ name }) => name) ?? [];
    expect(names).toContain("2 threads");
    expect(names).toContain("swapped: false");
    expect(names).toContain("found by dfs");
  });
});

describe("options", () => {
  test("that mean nothing are refused, with what was probably meant", () => {
    expect(() => everySchedule("misspelt", twoLocks(false), { maxSecond: 5 } as never)).toThrow(
      /everySchedule has no option "maxSecond"; did you mean "maxSeconds"\?/,
    );
    expect(() => everySchedule("wrong", twoLocks(false), { maxSeconds: "5" } as never)).toThrow(
      /everySchedule: "maxSeconds" should be a number of seconds above 0, not "5"/,
    );
    expect(() => checkTestOptions("it", { judges: "datarace" })).toThrow(/there is no judge "datarace"/);
    expect(() => checkTestOptions("it", { judges: ["leak", "datarace"] })).toThrow(/there is no judge "datarace"/);
    expect(() => checkTestOptions("it", { judges: [5] })).toThrow(/"judges" should be a list of judges' names/);
    expect(() => checkTestOptions("it", { judges: ["leak", "data-race"] })).not.toThrow();
    expect(() => checkTestOptions("it", { simulation: { maxStep: 5 } })).toThrow(/did you mean "maxSteps"/);
    expect(() => checkTestOptions("it", null as never)).toThrow(/the options should be an object/);
    expect(() => checkProjectOptions({ cpus: 2 })).toThrow(/provide.lockstep has no option "cpus"/);
  });

  test("an outcome that is no failure is refused, by the types too", () => {
    // @ts-expect-error: a word that is none
    expect(() => findsWithin(5, "wrong", twoLocks(false), "deadlok")).toThrow(
      /findsWithin: the outcome should be one of panic, deadlock, .*, not "deadlok"; did you mean "deadlock"\?/,
    );
    // @ts-expect-error: no failure
    expect(() => findsWithin(5, "wrong", twoLocks(false), "finished")).toThrow(/not "finished"/);
    // @ts-expect-error: no failure
    expect(() => expect(twoLocks(false)).toFindWithin(5, { kind: "finished" })).toThrow(/toFindWithin: the outcome/);
  });

  test("that are wrong are said at the line of the test", () => {
    const thrown = caught(() => findsWithin(5, "wrong", twoLocks(false), "panic", { report: "always" as never }));
    expect(thrown.message).toContain(`"report" should be "retain-on-failure", "on", "off", not "always"`);
    expect(thrown.stack?.split("\n")[1]).toContain("modes.test.ts");
  });
});

test("types", () => {
  expectTypeOf(everySchedule.only).toEqualTypeOf<EverySchedule>();
  expectTypeOf(everySchedule.concurrent.skip).toEqualTypeOf<EverySchedule>();
  expectTypeOf(findsWithin.skipIf(true)).toEqualTypeOf<FindsWithin>();
  expectTypeOf<"deadlock">().toExtend<WantedOutcome>();
  expectTypeOf<"hang">().not.toExtend<WantedOutcome>();
  expectTypeOf(everySchedule.each([{ rounds: 1 }]))
    .parameter(0)
    .toBeString();
});

function caught(work: () => void): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
