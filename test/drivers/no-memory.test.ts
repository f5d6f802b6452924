// Goal: our driver survives every allocation failure: nothing leaks, hangs or panics, and nobody is told that all is well.
// Method: the scenario "no-memory" is explored to exhaustion in each of its parts, with one failure and with several.
import { expect, test } from "vitest";
import { explore, type ExploreResult } from "#explore/explorer";
import { compile, simulationOf } from "#scenario/compile";
import noMemory from "#scenarios/no-memory";
import { isLongRun } from "../long-run.js";
import { expectProven } from "./on-host.js";

function explored(part: string, failures: number): ExploreResult {
  const parameters = { part, failures };
  return explore(compile(noMemory, { parameters }), { simulation: simulationOf(noMemory, parameters) });
}

// One program, one thread: as many executions as there are sets of allocations that may fail, which end what follows them.
test.each([
  [0, 1],
  [1, 9],
  [3, 47],
])("a tunnel from open to close, with at most %d failures", (failures, executions) => {
  const result = explored("tunnel", failures);
  expectProven(result);
  expect(result.executions).toBe(executions);
});

test.each(isLongRun ? ["interface", "opens"] : ["opens"])("%s: any one allocation fails, on every schedule", (part) => {
  const without = explored(part, 0);
  const result = explored(part, 1);
  expectProven(result);
  expect(result.executions).toBeGreaterThan(without.executions);
});
