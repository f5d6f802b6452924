// Goal: every judge names the fault that is its own, with the places where it lies, and is silent where it is mended.
// Method: small programs with one fault planted each, beside their corrected twins, each explored and sampled.
import { describe, expect, test } from "vitest";
import type { Program } from "#explore/execution";
import { explore } from "#explore/explorer";
import { watch } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { examine } from "#judges/examine";
import type { Verdict } from "#judges/judge";
import { judgeSample } from "#judges/sample";
import { Kernel } from "#kernel/kernel";
import { Atomic } from "#sync/atomic";
import { Shared } from "#sync/shared";
import * as planted from "./planted.js";

/** Everything that judges say of a program: of what fails in it, and of a sample of what does not. */
function verdictsOn(program: Program): readonly Verdict[] {
  const verdicts = new Map<string, Verdict>();
  const note = (verdict: Verdict): void => void verdicts.set(`${verdict.judge} ${verdict.subject}`, verdict);
  for (const { choices, marks } of explore(program, { maxExecutions: 200 }).findings) {
    for (const verdict of examine(watch(program, { time: "adversarial", choices, marks }), JUDGES)) note(verdict);
  }
  for (const { time, choices, marks } of judgeSample(program, JUDGES).findings) {
    for (const verdict of examine(watch(program, { time, choices, marks }), JUDGES)) note(verdict);
  }
  return [...verdicts.values()];
}

function namesOn(program: Program): string[] {
  return [...new Set(verdictsOn(program).map(({ judge }) => judge))].sort();
}

/** What one judge says, as a page. */
function wordsOf(judge: string, program: Program): string {
  const [verdict] = verdictsOn(program).filter((each) => each.judge === judge);
  if (verdict === undefined) return "";
  const { message, evidence, hint } = verdict;
  const text = [message, ...evidence, `hint: ${hint}`].join("\n");
  return text.replaceAll(/\b\d[\d,]*\b/g, "N");
}

const FAULTS: readonly (readonly [string, planted.Planted, readonly string[]])[] = [
  ["two locks in opposite orders", planted.oppositeLocks, ["deadlock", "lock-order"]],
  ["the same, one after the other", planted.oppositeLocksInTurn, ["lock-order"]],
  ["a notify without the lock", planted.unlockedClose, ["data-race", "lost-wakeup"]],
  ["a free that comes too early", planted.silentFree, ["use-after-free"]],
  ["a second free", planted.freedTwice, ["double-free"]],
  ["a field that is never set", planted.rawField, ["uninitialised"]],
  ["a mutex under a spinlock", planted.lockUnderSpinlock, ["blocks-with-interrupts-off"]],
  ["a thread that ends with a lock", planted.keptLock, ["lock-held"]],
  ["a wait in an if", planted.waitOnce, ["untested-wait"]],
  ["a pause instead of a join", planted.pauseBeforeFree, ["false-cure", "use-after-free"]],
  ["a loop that looks", planted.busyLook, ["polling"]],
  ["a lock that is lent to nobody", planted.inverted, ["priority-inversion"]],
];

describe("a planted fault is named", () => {
  test.each(FAULTS)("%s", (_name, make, judges) => {
    expect(namesOn(make(false))).toEqual(judges);
  });
});

describe("its corrected twin passes", () => {
  test.each(FAULTS)("%s", (_name, make) => {
    expect(verdictsOn(make(true))).toEqual([]);
  });
});

describe("two threads that change one field", () => {
  test.each(["mutex", "semaphore", "join", "atomic", "notify", "interrupts off"] as const)(
    "are ordered by %s",
    (order) => {
      expect(namesOn(planted.changedByTwo(order))).toEqual([]);
    },
  );

  test("race without anything between them", () => {
    expect(namesOn(planted.changedByTwo("nothing"))).toEqual(["data-race"]);
  });

  test("race on two CPUs, whose interrupts are off each for itself", () => {
    expect(namesOn(planted.changedByTwo("interrupts off", 2))).toEqual(["data-race"]);
  });
});

test("locks in opposite orders that a third lock keeps apart are no inversion", () => {
  expect(namesOn(planted.gatedLocks)).toEqual([]);
});

describe("a verdict says what happened, where, and what to do", () => {
  test.each([
    ["deadlock", planted.oppositeLocks],
    ["lock-order", planted.oppositeLocksInTurn],
    ["lost-wakeup", planted.unlockedClose],
    ["data-race", planted.unlockedClose],
    ["use-after-free", planted.silentFree],
    ["double-free", planted.freedTwice],
    ["uninitialised", planted.rawField],
    ["blocks-with-interrupts-off", planted.lockUnderSpinlock],
    ["lock-held", planted.keptLock],
    ["untested-wait", planted.waitOnce],
    ["false-cure", planted.pauseBeforeFree],
    ["polling", planted.busyLook],
    ["priority-inversion", planted.inverted],
  ] as const)("%s", (judge, make) => {
    expect(wordsOf(judge, make(false))).toMatchSnapshot();
  });
});

test("the snooze of a daemon is when its hardware rings, and no cure; that of another thread may be meant as one", () => {
  expect(namesOn(planted.lateReader(true))).not.toContain("false-cure");
  expect(namesOn(planted.lateReader(false))).toContain("false-cure");
});

test("a trace that is too long to be kept whole is not judged", () => {
  const racing =
    (rounds: number): Program =>
    (simulation) => {
      const kernel = new Kernel(simulation);
      const count = new Shared(kernel, 0, "count");
      const work = new Atomic(kernel, 0, "work");
      for (const name of ["one", "two"]) {
        kernel.spawn(name, function* () {
          count.value++;
          for (let i = 0; i < rounds; i++) yield* work.add(count.value);
        });
      }
    };
  const judged = (rounds: number): string[] => {
    const watched = watch(racing(rounds), { time: "measured", simulation: { maxSteps: 100_000 }, stacks: false });
    return examine(watched, JUDGES).map(({ judge }) => judge);
  };
  expect(judged(10)).toEqual(["data-race"]);
  expect(judged(15_000)).toEqual([]);
});
