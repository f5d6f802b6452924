// Goal: a test of schedules hears of what judges see in executions that end well, unless it says that it will not.
import { expect, test } from "vitest";
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
  expect(failure).toMatch(/seen by the judge data-race, who looked at \d+ executions; none fails by itself$/);
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
