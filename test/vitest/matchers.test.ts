// Goal: the matchers pass and fail for the right reasons, and say what they saw. Method: each is used on what it takes; its
// failures are caught and read.
import { describe, expect, expectTypeOf, test } from "vitest";
import { compile, execute, explore, Mutex, scenario, watch, type Scenario } from "lockstep";
import { type LockstepMatchers } from "lockstep/vitest";
import { firstChooser } from "#kernel/chooser";

const twoLocks = (swapped: boolean): Scenario =>
  scenario("two locks", {
    *run({ kernel }) {
      const a = new Mutex(kernel, "a");
      const b = new Mutex(kernel, "b");
      function* both(first: Mutex, second: Mutex) {
        using _ = yield* first.guard();
        using __ = yield* second.guard();
      }
      kernel.spawn("one", () => both(a, b));
      kernel.spawn("two", () => (swapped ? both(b, a) : both(a, b)));
    },
  });
const panics = scenario("panics", {
  // It panics before its first operation.
  // oxlint-disable-next-line require-yield
  *run({ kernel }) {
    kernel.panic("dead beef 0x0000000000000010");
  },
});

function said(work: () => void): string {
  try {
    work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "nothing was said";
}

const exploration = explore(compile(twoLocks(true)));
const [deadlock] = exploration.findings;

describe("how it ended", () => {
  test("of a scenario, run once", () => {
    expect(twoLocks(true)).toFinish();
    expect(panics).not.toFinish();
    expect(panics).toPanic();
    expect(panics).toPanic("beef");
    expect(panics).toPanic(/^dead/g);
    expect(twoLocks(true)).not.toDeadlock();
    expect(said(() => expect(panics).toPanic(/xyz/))).toMatch(/expected it to panic with \/xyz\/:\n\npanic: dead beef/);
    expect(said(() => expect(twoLocks(true)).not.toFinish())).toMatch(
      /not to finish, and it did: finished after \d+ steps/,
    );
  });

  test("of what was explored, watched or executed, of a finding and of an outcome", () => {
    expect(exploration).toDeadlock();
    expect(exploration).not.toFinish();
    expect(deadlock).toDeadlock();
    expect(deadlock?.outcome).toDeadlock();
    expect(watch(compile(panics), { time: "measured" })).toPanic();
    expect(execute(compile(panics), firstChooser, { time: "measured" })).toPanic();
    expect(said(() => expect(exploration).toFinish())).toMatch(
      /expected it to finish:\n\n1 distinct failure.*\n {2}deadlock/,
    );
  });

  test("and who waits for what", () => {
    expect(exploration).toDeadlock({ waiting: ["one", "two"], message: /mutex "a"/ });
    expect(exploration).toDeadlock({ waiting: { one: "b", two: /^a$/ } });
    expect(exploration).not.toDeadlock({ waiting: ["three"] });
    expect(exploration).not.toDeadlock({ waiting: { one: "a" } });
    expect(said(() => expect(deadlock).toDeadlock({ waiting: { one: "a" } }))).toMatch(
      /expected it to deadlock, waiting: "one" for "a":\n\ndeadlock: .*waiting: "one" \(lock "b"\), "two" \(lock "a"\)/,
    );
  });

  test("of nothing that has an end", () => {
    expect(() => expect(5 as never).toFinish()).toThrow(
      /toFinish\(\) takes a scenario, what explore\(\).*the number 5/,
    );
    expect(() => expect(panics).toPanic(5 as never)).toThrow(/takes a text or a pattern, not the number 5/);
  });
});

describe("what exploring shows", () => {
  test("every schedule holds, or does not", () => {
    expect(twoLocks(false)).toHoldOnEverySchedule();
    expect(twoLocks(true)).not.toHoldOnEverySchedule({ report: "off" });
    const failure = said(() => expect(twoLocks(true)).toHoldOnEverySchedule({ report: "off" }));
    expect(failure).toMatch(/^deadlock: "one" and "two" wait for each other/);
    expect(failure).toMatch(/replay: {3}LOCKSTEP_SCHEDULE=ls1:\S+ npx vitest run test\/vitest\/matchers.test.ts -t '/);
    expect(said(() => expect(twoLocks(false)).not.toHoldOnEverySchedule({ report: "off" }))).toMatch(
      /^expected some schedule to fail: none exists in this scenario/,
    );
  });

  test("a failure is found within so many executions, or not", () => {
    expect(twoLocks(true)).toFindWithin(5);
    expect(twoLocks(true)).toFindWithin(5, { kind: "deadlock", message: "mutex" });
    expect(twoLocks(true)).not.toFindWithin(1, "deadlock", { judges: "none" });
    expect(said(() => expect(twoLocks(false)).toFindWithin(5, "panic", { report: "off" }))).toMatch(
      /^no panic within 5 executions/,
    );
    expect(() => expect(twoLocks(true)).toFindWithin(0)).toThrow(/a whole number of at least 1, not 0/);
  });

  test("the search came to its end, or not", () => {
    expect(exploration).toBeExhausted();
    expect(twoLocks(false)).toBeExhausted();
    expect(twoLocks(false)).not.toBeExhausted({ maxExecutions: 1 });
    expect(said(() => expect(explore(compile(twoLocks(false)), { maxExecutions: 1 })).toBeExhausted())).toMatch(
      /^not exhausted: no failure found in 1 execution \(limit reached/,
    );
  });

  test("searches are noted in the test's meta data, for reporters", ({ task }) => {
    expect(twoLocks(false)).toHoldOnEverySchedule();
    expect(task.meta.lockstep).toMatchObject([
      { scenario: "two locks", wants: "every schedule", passed: true, exhausted: true, executions: 2 },
    ]);
  });
});

test("a trace in a snapshot is one line an event, with no number in it that changes with something else", () => {
  const choices = deadlock?.choices ?? [];
  expect(watch(compile(twoLocks(true)), { time: "adversarial", choices })).toMatchInlineSnapshot(`
    main: start
    main:   spawned "one"
    main:   spawned "two"
    main:   exits
    one: start
    two: start
    two: lock mutex "b"
    one: lock mutex "a"
    one:   waiting mutex "b"
    two:   waiting mutex "a"
    deadlock: "one" waits for mutex "b" held by "two"; "two" waits for mutex "a" held by "one"
  `);
});

test("types", () => {
  expectTypeOf<LockstepMatchers["toPanic"]>().parameter(0).toEqualTypeOf<string | RegExp | undefined>();
  expectTypeOf(expect(exploration).toBeExhausted).returns.toBeVoid();
  expectTypeOf(expect(exploration).toDeadlock).toBeCallableWith({ waiting: ["reader"] });
  expectTypeOf(expect(exploration).toDeadlock).toBeCallableWith({ waiting: { reader: /arrived/ } });
});
