// Goal: a snooze is accused of hiding a failure only where nobody fails in the same way without being late.
import { describe, expect, test } from "vitest";
import type { Program } from "#explore/execution";
import { explore } from "#explore/explorer";
import { watch } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { examine } from "#judges/examine";
import { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { explain } from "#report/explain";
import { Mutex } from "#sync/mutex";

interface Told {
  readonly judges: readonly string[];
  readonly text: string;
}

function tellAll(program: Program): Told[] {
  return explore(program, { shrink: true }).findings.map(({ choices, marks }) => {
    const watched = watch(program, { time: "adversarial", choices, marks });
    const verdicts = examine(watched, JUDGES);
    const { sentences } = explain(watched.events, watched.execution.outcome, { rulings: verdicts });
    return { judges: verdicts.map(({ judge }) => judge), text: sentences.join("\n") };
  });
}

/** Two threads take two locks in opposite orders, each once it has slept. */
const opposite =
  (firstPause: number, secondPause: number): Program =>
  (simulation) => {
    const kernel = new Kernel(simulation);
    const [a, b] = [new Mutex(kernel, "a"), new Mutex(kernel, "b")];
    function* both(first: Mutex, second: Mutex, pause: number): Steps<void> {
      yield* kernel.snooze(pause);
      using _ = yield* first.guard();
      using __ = yield* second.guard();
    }
    kernel.spawn("one", () => both(a, b, firstPause));
    kernel.spawn("two", () => both(b, a, secondPause));
  };

describe("threads that sleep, and then take two locks in opposite orders", () => {
  test("meet without a delay where they wake together: no snooze hides that", () => {
    const told = tellAll(opposite(10, 10));
    expect(told.map(({ judges }) => judges)).toEqual([["deadlock"]]);
    expect(told[0]?.text).not.toContain("It happens only if");
  });

  test("meet only when one of them is late where they wake one after the other", () => {
    const told = tellAll(opposite(10, 5_000));
    expect(told.map(({ judges }) => judges)).toEqual([["deadlock", "false-cure"]]);
    expect(told[0]?.text).toContain("It happens only if");
  });
});
