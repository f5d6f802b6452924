// Goal: what the rule for spinning loops leaves out is no end state. Method: small random programs with such loops. Sleep sets and
// partial-order reduction reach the end states of depth-first search, whichever operations are points; and a random walk
// in which loops may go round freely reaches none that these have not.
// LOCKSTEP_FUZZ=n multiplies the number of programs, LOCKSTEP_FUZZ_SEED=n takes others.
import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { explore } from "#explore/explorer";
import { agree as agreeOn, endStates, SEED, TIMES, type Limits, type Way } from "./agreement.js";
import { endState, randomProgram, runnable, SPINNING, type RandomProgram } from "./random-programs.js";

const LIMITS: Limits = { executions: 500 };

// Two threads of two operations, or three of one.
function smallProgram(prng: Prng): RandomProgram {
  const program = randomProgram(prng, SPINNING);
  return program.map((ops) => ops.slice(0, program.length === 2 ? 2 : 1));
}

function agree(count: number, one: Way, other: Way): number {
  return agreeOn(smallProgram, count, one, other, LIMITS);
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
    const states = endStates(program, SLEEP, LIMITS);
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
