// Goal: however a search with partial-order reduction is divided among several, and whenever, each trace is run by one of them, once.
// Method: programs of the literature and random ones, explored by two and three in this thread, who divide whenever one of them has
// nothing to do; who makes how many executions in one go is drawn from seeds. One plain search, and sleep sets, are the truth.
// parts.long.test.ts has more of it.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import type { Program } from "#explore/execution";
import { explore } from "#explore/explorer";
import { buffer, dining, inc, lastzero } from "../programs.js";
import { FAMILIES, randomProgram, runnable } from "../random-programs.js";
import { together } from "./walking.js";

const SEEDS = [1, 2, 3, 4];
const DELETED = runnable([
  [["acquire", 0]],
  [
    ["release", 3],
    ["release", 3],
  ],
  [
    ["deleteSemaphore", 2],
    ["tryAcquire", 0],
    ["deleteSemaphore", 0],
  ],
]);

const PROGRAMS: readonly (readonly [name: string, program: Program, traces: number])[] = [
  ["inc(4)", inc(4), 70],
  ["dining(5)", dining(5), 31],
  ["lastzero(4)", lastzero(4), 28],
  ["a buffer", buffer(2, 2, 1, false), 56],
  // A deleted semaphore is to be had without end, which JSON cannot say.
  ["a semaphore that is deleted", DELETED, 50],
];

describe.each(PROGRAMS)("%s", (_name, program, traces) => {
  test.each(["dpor", "source"] as const)("explored by several with %s has as many traces", (strategy) => {
    for (const seed of SEEDS) {
      const timing = { seed, workers: 2 + (seed % 2), turn: 1 + seed, rounds: seed };
      const standing = together(program, { strategy }, timing).standing(null);
      expect({ seed, executions: standing.executions, exhausted: standing.exhausted }).toEqual({
        seed,
        executions: traces,
        exhausted: true,
      });
    }
  });
});

test("what races have asked for is given away, and nothing is cut short for it", () => {
  const work = together(inc(4), {}, { seed: 1, workers: 2, turn: 3 });
  expect(work.save().done.length).toBeGreaterThan(2);
  expect(work.standing(null).blocked).toBe(0);
});

test.each(["mutexes and unlocked data", "semaphores", "condition variables"])(
  "random programs of %s lose no trace",
  (family) => {
    const prng = new Prng(5);
    let compared = 0;
    for (let i = 0; i < 4; i++) {
      const program = runnable(randomProgram(prng, FAMILIES[family] ?? expect.fail(`no family ${family}`)));
      const options = { strategy: "dpor", simulation: { maxSteps: 2_000 } } as const;
      const whole = explore(program, { ...options, strategy: "sleep", maxExecutions: 150 });
      if (!whole.exhausted || whole.findings.length > 0) continue;
      compared++;
      for (const workers of [2, 3]) {
        const { executions } = together(program, options, { seed: i + 1, workers, turn: 3 }).standing(null);
        expect({ i, workers, executions }).toEqual({ i, workers, executions: whole.executions });
      }
    }
    expect(compared).toBeGreaterThan(0);
  },
);
