// Goal: another choice can be tried, and its execution is a real one. Method: every switch that a failing execution
// offers is tried; the schedule it gives is replayed.
import { expect, test } from "vitest";
import { watch } from "#explore/watch";
import { parseSchedule } from "#trace/schedule";
import { debuggerOn, debuggerOnRun, everyLock, lostWakeup, oppositeOrders, says } from "./programs.js";

test("every switch gives a schedule that replays to the same end", () => {
  for (const program of [lostWakeup, oppositeOrders]) {
    const kdl = debuggerOn(program, "deadlock");
    const { last, setup } = kdl.timeline;
    const outcomes = new Set<string>();
    for (let step = setup + 1; step <= last; step++) {
      for (const thread of kdl.original.at(step - 1).candidates) {
        if (kdl.original.stepEvent(step)?.thread === thread.id) continue;
        says(kdl, `switch-at ${step} ${thread.id}`);
        expect(kdl.step).toBe(step);
        expect(kdl.timeline.stepEvent(step)?.thread).toBe(thread.id);
        const { choices, marks } = parseSchedule(says(kdl, "schedule"));
        const replayed = watch(program, { time: "adversarial", choices, marks });
        expect(replayed.divergence).toBeNull();
        expect(replayed.events.length).toBe(kdl.timeline.events.length);
        expect(replayed.execution.outcome.kind).toBe(kdl.timeline.ownOutcome.kind);
        outcomes.add(kdl.timeline.ownOutcome.kind);
        says(kdl, "original");
        expect(kdl.timeline).toBe(kdl.original);
      }
    }
    expect(outcomes).toContain("finished");
  }
});

test("says what comes of it", () => {
  const kdl = debuggerOn(oppositeOrders, "deadlock");
  const step =
    kdl.timeline.events.findLast((event) => event.kind === "step" && event.threadName === "drainer")?.step ?? 0;
  const answer = says(kdl, `switch-at ${step} filler`);
  expect(answer).toContain(`"filler" takes step ${step} in place of "drainer"`);
  expect(answer).toContain("The end, finished; but the judge lock-order says:");
});

test("refuses what cannot be, and says what could", () => {
  const kdl = debuggerOn(oppositeOrders, "deadlock");
  const { last } = kdl.timeline;
  const taker = kdl.timeline.stepEvent(last)?.threadName ?? "";
  expect(says(kdl, `switch-at ${last} ${taker}`)).toContain(`"${taker}" takes step ${last} anyway`);
  expect(says(kdl, `switch-at ${last + 1} filler`)).toContain(`the step should be a whole number from 1 to ${last}`);
  expect(says(kdl, "switch-at 3")).toContain("switch-at takes a step and a thread");
  expect(kdl.timeline).toBe(kdl.original);
  expect(says(debuggerOnRun(everyLock), "switch-at 2 taker")).toContain("in measured time Haiku's scheduler decides");
});
