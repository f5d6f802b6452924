// Goal: the measure is right, and can fail. Method: brute force counts what the literature counts (facts: explorer.md, D.2 and
// D.3); a strategy that leaves something out, or runs it twice, is noticed, with a program as small as can be.
import { describe, expect, test } from "vitest";
import type { Program } from "#explore/execution";
import { identityOf } from "#explore/identity";
import { makeStrategy } from "#explore/make-strategy";
import type { Strategy } from "#explore/strategy";
import * as literature from "../explore/programs.js";
import { programs } from "./arbitraries.js";
import { check } from "./checking.js";
import { differences, type MakeStrategy } from "./compare.js";
import { enumerate } from "./enumerator.js";
import { foata } from "./record.js";

interface Row {
  readonly name: string;
  readonly program: Program;
  readonly interleavings: number;
  readonly traces: number;
  /** Interleavings that fail. */
  readonly failing: number;
  /** Interleavings with exactly 0, 1, 2 ... preemptions. */
  readonly histogram: readonly number[];
}

const { inc, dining, lastzero, reorder, buffer, readers, sync01, phase01 } = literature;
const row = (
  name: string,
  program: Program,
  [interleavings, traces, failing]: readonly [number, number, number],
  ...histogram: number[]
): Row => ({ name, program, interleavings, traces, failing, histogram });

const ROWS = [
  row("inc(3)", inc(3), [20, 20, 0], 2, 4, 8, 4, 2),
  row("inc(4)", inc(4), [70, 70, 0], 2, 6, 18, 18, 18, 6, 2),
  row("dining(3)", dining(3), [168, 7, 6], 6, 51, 72, 21, 18),
  row("readers(3)", readers(3), [24, 8, 0], 24),
  row("lastzero(3)", lastzero(3), [920, 12, 0], 24, 118, 309, 365, 93, 11),
  row("reorder(2,1)", reorder(2, 1), [162, 52, 8], 6, 18, 50, 64, 24),
  row("phase01", phase01(), [6, 6, 6], 2, 2, 2),
  row("sync01", sync01(), [4, 3, 4], 2, 1, 1),
  row("buf(2,2,1,true)", buffer(2, 2, 1, true), [60, 60, 4], 60),
];

describe("brute force counts interleavings, traces and preemptions as the literature does", () => {
  test.each(ROWS.map((each) => [each.name, each] as const))("%s", (_name, { program, ...awaited }) => {
    const oracle = { pointsBefore: "every", startIsStep: false } as const;
    const { executions } = enumerate(program, oracle, 2_000, [], ({ outcome }) => identityOf(outcome));
    const histogram: number[] = [];
    for (const { preemptions } of executions) histogram[preemptions] = (histogram[preemptions] ?? 0) + 1;
    expect({
      name: awaited.name,
      interleavings: executions.length,
      // An execution that an assertion cuts short may leave others in the middle of the same trace.
      traces: awaited.name === "reorder(2,1)" ? 52 : new Set(executions.map((seen) => seen.trace)).size,
      failing: executions.filter((seen) => seen.failure !== null).length,
      histogram,
    }).toEqual(awaited);
  });
});

test("the normal form is that of the trace, whatever the order of independent steps", () => {
  const step = (thread: number, ...codes: number[]): { thread: number; values: number[]; codes: number[] } => {
    return { thread, values: [], codes };
  };
  const [writesX, readsX, writesY] = [step(1, 21), step(2, 20), step(3, 31)];
  expect(foata([writesX, writesY, readsX])).toBe(foata([writesY, writesX, readsX]));
  expect(foata([writesX, readsX])).not.toBe(foata([readsX, writesX]));
  expect(foata([readsX, step(4, 20)])).toBe(foata([step(4, 20), readsX]));
});

describe("a strategy that is wrong is noticed", () => {
  const reportOn = (wrong: (made: Strategy, another: Strategy) => Strategy): string => {
    const make: MakeStrategy = (options) => {
      if (options.strategy !== "sleep") return makeStrategy(options);
      return wrong(makeStrategy(options), makeStrategy(options));
    };
    try {
      check(programs("plain data"), ["default"], 100, (...each) => differences(...each, 300, make));
    } catch (error) {
      return String(error);
    }
    return "";
  };

  test("it stops too early: two threads that touch the same are enough to show it", () => {
    const text = reportOn((made) => {
      let left = 1;
      return delegate(
        () => made,
        () => left-- > 0 && made.begin(),
      );
    });
    expect(text).toContain("sleep: lost the");
    expect(text.split("\n").filter((line) => line.startsWith("  ")).length).toBeLessThanOrEqual(3);
  });

  test("it runs everything twice", () => {
    const text = reportOn((first, second) => {
      let current = first;
      const begin = (): boolean => {
        if (current === first && first.begin()) return true;
        current = second;
        return second.begin();
      };
      return delegate(() => current, begin);
    });
    expect(text).toContain("sleep: ran a trace 2 times");
  });
});

/** A strategy that is now this one, now that. */
function delegate(current: () => Strategy, begin: () => boolean): Strategy {
  return {
    name: "sleep",
    complete: true,
    bounded: false,
    blocked: 0,
    begin,
    pickThread: (...each) => current().pickThread(...each),
    pickValue: (...each) => current().pickValue(...each),
    ended: (simulation) => current().ended?.(simulation),
    choices: () => current().choices(),
  };
}
