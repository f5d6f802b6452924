// Goal: what the rule for spinning loops leaves out is no end state. Method: small random programs with such loops. Sleep sets and
// partial-order reduction reach the end states of depth-first search, whichever operations are points; and a random walk
// in which loops may go round freely reaches none that these have not.
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { explore, type ExploreOptions } from "#explore/explorer";
import { endState, randomProgram, runnable, smaller, SPINNING, type RandomProgram } from "./random-programs.js";

const TIMES = Number(process.env["LOCKSTEP_FUZZ"] ?? 1);
const SEED = Number(process.env["LOCKSTEP_FUZZ_SEED"] ?? 1);
const EXECUTIONS_MOST = 500;

type Way = Pick<ExploreOptions, "strategy" | "simulation">;

// Two threads of two operations, or three of one.
function smallProgram(prng: Prng): RandomProgram {
  const program = randomProgram(prng, SPINNING);
  return program.map((ops) => ops.slice(0, program.length === 2 ? 2 : 1));
}

function endStates(program: RandomProgram, way: Way): Set<string> | null {
  const states = new Set<string>();
  const { exhausted } = explore(runnable(program), {
    ...way,
    maxExecutions: EXECUTIONS_MOST,
    onExecution: (execution) => states.add(endState(execution)),
  });
  return exhausted ? states : null;
}

function difference(program: RandomProgram, one: Way, other: Way): string[] | null {
  const left = endStates(program, one);
  const right = left === null ? null : endStates(program, other);
  if (left === null || right === null) return null;
  return [...left, ...right].filter((state) => !left.has(state) || !right.has(state));
}

function shrunk(program: RandomProgram, one: Way, other: Way): RandomProgram {
  for (const less of smaller(program)) {
    if ((difference(less, one, other) ?? []).length > 0) return shrunk(less, one, other);
  }
  return program;
}

/** Compares the two ways on `count` programs; gives how many could be compared. */
function agree(count: number, one: Way, other: Way): number {
  const prng = new Prng(SEED);
  let compared = 0;
  for (let i = 0; i < count * TIMES; i++) {
    const program = smallProgram(prng);
    const states = difference(program, one, other);
    if (states === null) continue;
    compared++;
    if (states.length === 0) continue;
    const least = shrunk(program, one, other);
    expect.fail(`${JSON.stringify(least)}\n${(difference(least, one, other) ?? []).join("\n")}`);
  }
  return compared;
}

const SLEEP: Way = { strategy: "sleep" };

describe("the same end states", () => {
  test("with sleep sets as depth first", () => {
    expect(agree(6, SLEEP, { strategy: "dfs" })).toBeGreaterThan(0);
  });

  test.each(["dpor", "source"] as const)("with %s as with sleep sets", (strategy) => {
    expect(agree(6, { strategy }, SLEEP)).toBeGreaterThan(2);
  });

  test("when unlocks are points, too", () => {
    expect(agree(5, SLEEP, { ...SLEEP, simulation: { pointsBefore: "every" } })).toBeGreaterThan(1);
  });
});

test("loops that go round freely end in no other way", () => {
  const prng = new Prng(SEED);
  let compared = 0;
  for (let i = 0; i < 10 * TIMES; i++) {
    const program = smallProgram(prng);
    const states = endStates(program, SLEEP);
    if (states === null) continue;
    compared++;
    explore(runnable(program), {
      strategy: i % 2 === 0 ? "random" : "pos",
      seed: i + 1,
      maxExecutions: 100,
      simulation: { freeRounds: 0, maxSteps: 300 },
      onExecution(execution) {
        if (execution.outcome.kind === "out-of-steps") return;
        const state = endState(execution);
        if (!states.has(state)) expect.fail(`${JSON.stringify(program)}\n${state}`);
      },
    });
  }
  expect(compared).toBeGreaterThan(4);
});
