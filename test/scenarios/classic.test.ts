// Goal: every program of the literature that ships ends as its declaration says, for the reason that is known; corrected, it is
// proved. Method: the searches and the reports of the command, on default parameters.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CUT, type Chooser } from "#kernel/chooser";
import { execute } from "#explore/execution";
import { makeStrategy } from "#explore/make-strategy";
import { watch } from "#explore/watch";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { explain } from "#report/explain";
import { classicCase, CLASSICS, corrected, NAMES, search, title, type Name } from "./classics.js";

const expected = (name: Name) => CLASSICS.get(name)?.definition.expect;
const broken = NAMES.filter((name) => expected(name)?.explore !== "finished");

test("each file ships under its own name", () => {
  const folder = join(import.meta.dirname, "../../scenarios/classic");
  const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
  expect(files.filter((file) => file !== "program").sort()).toEqual([...NAMES].sort());
  for (const name of NAMES) expect(CLASSICS.get(name)?.name).toBe(`classic/${name}`);
});

test.each(NAMES)("%s runs as declared", (name) => {
  const { program, simulation } = classicCase(name);
  expect(watch(program, { time: "measured", simulation }).execution.outcome.kind).toBe(expected(name)?.run);
});

describe("the search comes to its end, and finds what is declared", () => {
  test.each(NAMES)("%s", (name) => {
    const result = search(classicCase(name), { strategy: "dpor" });
    expect(result).toMatchObject({ outcome: expected(name)?.explore, exhausted: true, bound: null });
  });
});

describe("corrected, it is proved, by as many traces as sleep sets run", () => {
  const cases = NAMES.flatMap((name) => {
    const parameters = corrected(name);
    return parameters === null ? [] : [[title(name, parameters), name, parameters] as const];
  });
  test.each(cases)("%s", (_title, name, parameters) => {
    const result = search(classicCase(name, parameters), { strategy: "dpor" });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true, bound: null, findings: [] });
    expect(result.executions).toBe(search(classicCase(name, parameters), { strategy: "sleep" }).executions);
  });

  test("every program with a defect has a correction", () => {
    expect(broken.filter((name) => corrected(name) === null)).toEqual([]);
  });
});

/** The titles of the explanations of all findings. */
function explanations(name: Name): { title: string; text: string }[] {
  const { program, simulation } = classicCase(name);
  return search({ program, simulation }, { strategy: "dpor" }).findings.map(({ choices, marks }) => {
    const { execution, events } = watch(program, { time: "adversarial", choices, marks, simulation });
    const { title: heading, sentences } = explain(events, execution.outcome);
    return { title: heading, text: sentences.join(" ") };
  });
}

/** Of all executions that fail: some fail alike for different reasons. */
function everyExplanation(name: Name): { title: string; text: string }[] {
  const { program, simulation } = classicCase(name);
  const options = { time: "adversarial", simulation: { ...DEFAULT_OPTIONS, ...simulation } } as const;
  const all: { title: string; text: string }[] = [];
  for (const strategy = makeStrategy({ strategy: "dpor" }); strategy.begin();) {
    const { outcome, simulation: ended } = execute(program, strategy, options);
    if (ended.wasCut || outcome.kind === "finished") continue;
    const { execution, events } = watch(program, { time: "adversarial", choices: strategy.choices(), simulation });
    const { title: heading, sentences } = explain(events, execution.outcome);
    all.push({ title: heading, text: sentences.join(" ") });
  }
  return all;
}

describe("a deadlock is reported as one, and says who waits for whom", () => {
  const deadlocks = broken.filter((name) => expected(name)?.explore === "deadlock");

  test.each(deadlocks)("%s", (name) => {
    const found = explanations(name).filter((each) => !each.title.startsWith("assertion: "));
    expect(found).not.toEqual([]);
    for (const each of found) {
      expect(each.title).toMatch(/^deadlock: /);
      expect(each.text).toMatch(/ waits? for /);
    }
  });

  test.each(["dining", "deadlock01", "carter01"] as const)("%s: the cycle of locks is named", (name) => {
    for (const { text } of explanations(name)) expect(text).toContain("The cycle: ");
  });

  test("phase01: a lock that was never given back is named", () => {
    for (const { title: heading } of explanations("phase01")) expect(heading).toMatch(/ended with mutex "x" held/);
  });

  test("notify-before-wait: the lost wakeup is named", () => {
    const [only, ...others] = everyExplanation("notify-before-wait");
    expect(others).toEqual([]);
    expect(only?.title).toContain('lost wakeup on condition variable "became ready"');
    expect(only?.text).toMatch(/Lost wakeup: "notifier" notified one waiter .* and found nobody waiting/);
  });

  test("sync01: the lost wakeup is named where the consumer is first; else the notify was heard, in vain", () => {
    const all = everyExplanation("sync01");
    const lost = all.filter(({ title: heading }) => heading.includes('lost wakeup on condition variable "empty"'));
    expect([lost.length, all.length]).toEqual([1, 3]);
    for (const each of all) if (!lost.includes(each)) expect(each.text).toMatch(/The last notify .* woke "producer"/);
  });

  test("buffer: a notify that went to somebody else is named, and is no lost one", () => {
    const found = explanations("buffer");
    for (const { text } of found) expect(text).toMatch(/was notified for others|The last notify of/);
    expect(found.some(({ text }) => text.includes("was notified for others"))).toBe(true);
  });

  test("barrier-reuse: a waiter that heard the notify and could not see what it was about is named", () => {
    for (const { text } of explanations("barrier-reuse"))
      expect(text).toContain('The last notify of condition variable "all there"');
  });
});

test("pbzip2 panics on the lock of a queue that was freed", () => {
  const [finding] = search(classicCase("pbzip2"), { strategy: "dpor" }).findings;
  expect(finding?.outcome).toMatchObject({ kind: "panic", message: expect.stringContaining("deadbeef") as string });
});

test("treiber-stack: with nodes from the heap a late pop reads freed memory", () => {
  const result = search(classicCase("treiber-stack", { memory: "heap" }), { strategy: "dpor" });
  expect(result).toMatchObject({ outcome: "panic", exhausted: true });
  expect(result.findings[0]?.outcome.message).toMatch(/guarded heap: .* in freed node/);
});

test("safe-stack: three threads, two rounds, and the interleaving that an exhaustive search of its states has shown", () => {
  const { program, simulation } = classicCase("safe-stack", { threads: 3, rounds: 2, points: "every" });
  const order = "000000000000022222222211111111102222200222220000001111111111111112";
  let step = 0;
  const inOrder: Chooser = {
    pickThread: (candidates, count) => {
      const wanted = `t${Number(order[step++]) + 1}`;
      return candidates.slice(0, count).findIndex((thread) => thread.name === wanted) ?? CUT;
    },
    pickValue: () => 0,
  };
  const { outcome } = execute(program, inOrder, {
    time: "adversarial",
    simulation: { ...DEFAULT_OPTIONS, ...simulation },
  });
  expect(outcome).toMatchObject({
    kind: "assertion",
    message: expect.stringContaining("two threads have place") as string,
  });
  expect(step).toBe(order.length);
});
