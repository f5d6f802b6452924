// Goal: the simulated kernel means what Haiku does. Method: an abstract machine (model/) was written from what is known of
// Haiku and not from src/kernel; with real queues, and every instruction a step of its own. On random programs both reach
// the same end states: so no point, mark, queue or footprint that is left out for speed changes what can happen.
// Plain accesses get a point of their own on the kernel too, since within a step they are atomic there. Where each cell is one
// thread's own they need none: then what others see of a thread must not depend on what it touches behind its operations.
import { afterAll, describe, expect, test } from "vitest";
import { FAMILY_NAMES, namesOf, programs, type Family } from "./arbitraries.js";
import { check, expectMostCompared, type Tally } from "./checking.js";
import { compareWithMachine, withOwnCells } from "./compare-with-machine.js";
import { RUNS, TIME_MOST } from "./expectations.js";
import { isModelled } from "./model/code.js";
import { operations, type Op, type OpName, type Program } from "./program.js";
import { SETTINGS, type SettingName } from "./settings.js";

const MODELLED_SETTINGS: readonly SettingName[] = [
  "default",
  "any waiter is notified",
  "a point before every unlock",
  "starting is no step",
  "the oracle setting",
];

/** Locks whose unlocks are steps of their own: they are tried, for a while or at once, or destroyed; or their queue is seen. */
const WITH_TRIES: readonly Family[] = [
  "mutexes",
  "timed and switched mutexes",
  "mutexes that are destroyed",
  "recursive locks",
  "reader/writer locks",
  "waits with and without the lock",
  "everything",
];

describe("the simulated kernel and the abstract machine end alike", () => {
  const tally: Tally = { all: 0, compared: 0 };
  const families = FAMILY_NAMES.filter((family) => namesOf(family).filter(isModelled).length > 3);

  test.each(families)("%s", { timeout: TIME_MOST }, (family) => {
    const modelled = programs(
      family,
      namesOf(family).filter((name) => !isModelled(name)),
    );
    const awake = modelled.filter(({ threads }) => !threads.some(polls));
    check(awake, MODELLED_SETTINGS, RUNS ?? 5, (...each) => compareWithMachine(...each), tally);
  });

  afterAll(() => expectMostCompared(tally));
});

describe("they end alike where plain accesses are no points, and each cell is one thread's own", () => {
  const tally: Tally = { all: 0, compared: 0 };

  test.each(WITH_TRIES)("%s", { timeout: TIME_MOST }, (family) => {
    const modelled = programs(
      family,
      namesOf(family).filter((name) => !isModelled(name)),
    );
    const own = modelled.map(withOwnCells).filter(({ threads }) => !threads.some(polls));
    check(
      own,
      MODELLED_SETTINGS,
      RUNS ?? 5,
      (program, setting) => compareWithMachine(program, setting, program, false),
      tally,
    );
  });

  afterAll(() => expectMostCompared(tally));
});

test("a kernel that notifies all where one is meant is noticed", () => {
  const notifying = (name: OpName): Program => ({
    units: 0,
    threads: [[{ name: "wait" }], [{ name: "wait" }], [{ name }]],
  });
  const setting = SETTINGS.default;
  expect(compareWithMachine(notifying("notify-one"), setting)).toEqual([]);
  expect(compareWithMachine(notifying("notify-one"), setting, notifying("notify-all"))).not.toEqual([]);
});

/** Who sleeps more than three times in the same way is taken for a poller (docs/architecture.md). */
function polls(ops: readonly Op[]): boolean {
  const sleeps: Partial<Record<OpName, number>> = { snooze: 1, yield: 1, poll: 3 };
  return operations(ops).reduce((sum, { name }) => sum + (sleeps[name] ?? 0), 0) > 3;
}
