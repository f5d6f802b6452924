// Goal: a test of schedules hears of what judges see in executions that end well, unless it says that it will not.
import { describe, expect, test } from "vitest";
import { absenceOf, failureOfSome } from "#vitest/check";
import { everySchedule, findsWithin, type Subject } from "#vitest/index";
import { shared } from "#sync/shared";

const racy: Subject = {
  *run({ kernel }) {
    const count = shared(kernel, 0, "count");
    for (const name of ["one", "two"]) {
      kernel.spawn(name, function* increment() {
        yield* kernel.snooze(5);
        count.value++;
      });
    }
  },
};

test("everySchedule fails by a data race, and says how to see it again", () => {
  const failure = failureOfSome("racy", racy, {}) ?? "";
  expect(failure).toMatch(/^data race on "count": /);
  expect(failure).toMatch(
    /seen by the judge data-race, who looked at \d+ executions; none fails by itself; explored again/,
  );
  const token = /LOCKSTEP_SCHEDULE=(ls1:\S+)/.exec(failure)?.[1] ?? "";
  expect(failureOfSome("racy", racy, { replay: token })).toMatch(/^data race on "count": /);
});

everySchedule("does not fail by a judge that is not asked", racy, { judges: "lock-order" });

findsWithin(10, "a data race is found like any other failure", racy, { kind: "assertion", message: /data race/ });

test("a failure that no judge sees is absent", () => {
  expect(absenceOf({ kind: "assertion", message: "lost" }, 10, "racy", racy, {})).toMatch(
    /instead it found:\n {2}assertion: data race/,
  );
});

// Between two operations nothing comes between the read and the write of `count.value++`.
const lostUpdate: Subject = {
  *run({ kernel, judge }) {
    const count = shared(kernel, 0, "count");
    const increment = function* () {
      count.value++;
    };
    for (const name of ["one", "two"]) kernel.spawn(name, increment);
    judge.atEnd(() => expect(count.value, "the count").toBe(2));
  },
};

describe("data that races is explored again with points before its accesses", () => {
  const failure = failureOfSome("lost update", lostUpdate, {}) ?? "";

  test("and what that leads to comes first, with a schedule that replays it", () => {
    expect(failure).toMatch(/^assertion: .*the count: expected 1 to be 2/);
    expect(failure).toMatch(/explored again with points before the accesses of "count": 1 distinct failure/);
    expect(failure).toMatch(/beside this: data race on "count"/);
    const token = /LOCKSTEP_SCHEDULE=(ls1:\S+)/.exec(failure)?.[1] ?? "";
    expect(failureOfSome("lost update", lostUpdate, { replay: token })).toMatch(/the count: expected 1 to be 2/);
  });

  test("but not where it should be taken as whole, or nobody judges", () => {
    expect(failureOfSome("lost update", lostUpdate, { accesses: "whole" })).toMatch(
      /^data race on "count".*by itself$/s,
    );
    expect(failureOfSome("lost update", lostUpdate, { judges: "none" })).toBeNull();
  });

  findsWithin(10, "a lost update is found", lostUpdate, { kind: "assertion", message: "the count: expected 1" });

  test("and says so where it finds nothing", () => {
    expect(absenceOf("panic", 10, "lost update", lostUpdate, {})).toMatch(
      /no panic within 10 executions: .*explored again/,
    );
  });
});
