// Goal: `everySchedule` and `findsWithin` pass and fail for the right reasons, and a failure is a whole report. Method:
// both are used as a user would for what passes; for what must fail, the functions behind them are asked.
import { describe, expect, expectTypeOf, test } from "vitest";
import { defineDriver, Mutex, scenario, type Program, type Scenario } from "lockstep";
import { everySchedule, findsWithin } from "lockstep/vitest";
import { Kernel } from "#kernel/kernel";
import { absenceOf, failureOfSome } from "#vitest/check";

const nothing = defineDriver({ name: "nothing", load: () => ({}) });

function twoLocks(inOrder: boolean): Scenario {
  return scenario("two locks", {
    drivers: [nothing],
    parameters: { swapped: { default: !inOrder, about: "the second thread takes them the other way round" } },
    *run({ kernel, parameters }) {
      const a = new Mutex(kernel, "a");
      const b = new Mutex(kernel, "b");
      function* both(first: Mutex, second: Mutex) {
        yield* first.lock();
        yield* second.lock();
        second.unlock();
        first.unlock();
      }
      kernel.spawn("one", () => both(a, b));
      kernel.spawn("two", () => (parameters.swapped === true ? both(b, a) : both(a, b)));
    },
  });
}

const program: Program = (simulation) => {
  const kernel = new Kernel(simulation);
  const lock = new Mutex(kernel, "lock");
  kernel.spawn("one", function* () {
    yield* lock.lock();
    lock.unlock();
  });
};

describe("what passes", () => {
  everySchedule("a scenario", twoLocks(true));
  everySchedule("a scenario with other parameters", twoLocks(false), { parameters: { swapped: false } });
  everySchedule("a bare definition", twoLocks(true).definition);
  everySchedule("a definition with parameters, which have the types of their defaults", {
    parameters: { rounds: { default: 2, about: "how often" }, mode: { default: "a", oneOf: ["a", "b"], about: "how" } },
    *setup({ parameters }) {
      return { limit: parameters.rounds };
    },
    *run({ parameters, limit }) {
      expectTypeOf(parameters.rounds).toEqualTypeOf<number>();
      expectTypeOf(parameters.mode).toEqualTypeOf<"a" | "b">();
      expectTypeOf(limit).toEqualTypeOf<number>();
    },
  });
  everySchedule("a program", program);
  everySchedule("the same, every interleaving", program, { strategy: "dfs" });
  findsWithin(10, "a deadlock by its kind", twoLocks(false), "deadlock");
  findsWithin(10, "a deadlock by its words", twoLocks(false), { kind: "deadlock", message: /mutex "a"/ });
});

describe("everySchedule", () => {
  const failure = failureOfSome("named by the test", twoLocks(false), {}) ?? "";

  test("fails with what, why, the columns and the schedule", () => {
    expect(failure).toContain('deadlock: "one" and "two" wait for each other');
    expect(failure).toMatch(/step +one +two +where/);
    expect(failure).toContain("every-schedule.test.ts:");
    expect(failure).toMatch(/searched: 1 distinct failure/);
    // Whatever was met first, the smallest schedule that fails so is shown.
    expect(failure).toContain("1 preemption (with fewer it does not fail so)");
  });

  test("runs the schedule of a failure alone", () => {
    const replay = /LOCKSTEP_SCHEDULE=(ls1:\S+)/.exec(failure)?.[1] ?? "";
    expect(failureOfSome("again", twoLocks(false), { replay })).toContain("wait for each other");
    const cut = replay.replace(/[^:]*$/, "4.0");
    expect(failureOfSome("changed", twoLocks(false), { replay: cut })).toContain(
      "does not fit: at choice 1 it has 4 alternatives",
    );
  });

  test("fails when not every schedule was explored, though none failed", () => {
    expect(failureOfSome("cut", twoLocks(true), { maxExecutions: 1 })).toMatch(
      /not every schedule was explored: no failure found in 1 execution/,
    );
    expect(failureOfSome("drawn", twoLocks(true), { strategy: "random", maxExecutions: 5 })).toMatch(
      /not every schedule/,
    );
  });

  test("refuses a schedule of something else", () => {
    const other = "ls1:another:1:kdebug:adversarial:::2.0";
    expect(() => failureOfSome("mine", twoLocks(true), { replay: other })).toThrow(
      /the schedule belongs to "another"; this test runs "two locks"/,
    );
    const onTwo = "ls1:two%20locks:2:kdebug:adversarial:::2.0";
    expect(() => failureOfSome("mine", twoLocks(true), { replay: onTwo })).toThrow(
      'the schedule belongs to "two locks" with other parameters, CPUs or another build',
    );
  });

  test("says what is wrong with what it is given", () => {
    expect(() => failureOfSome("wrong", { setUp() {} } as never, {})).toThrow(/a field "setUp".*did you mean "setup"/);
  });
});

describe("findsWithin", () => {
  test("fails when there is nothing to find, and says what was searched", () => {
    expect(absenceOf("deadlock", 10, "none", twoLocks(true), {})).toMatch(
      /no deadlock within 10 executions: none exists in this scenario/,
    );
  });

  test("fails when something else is found, and says what", () => {
    const message = absenceOf({ kind: "panic", message: "deadbeef" }, 10, "other", twoLocks(false), {});
    expect(message).toMatch(/no panic with deadbeef within 10 executions/);
    expect(message).toMatch(/instead it found:\n {2}deadlock: "one" waits for mutex/);
  });

  test("fails when the failure comes later", () => {
    expect(absenceOf("deadlock", 1, "late", twoLocks(false), {})).toMatch(/no deadlock within 1 execution/);
  });
});
