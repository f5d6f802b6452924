// Goal: the command line says of a scenario that is not deterministic where it first differs, and calls it wrong input.
import { expect, test } from "vitest";
import { lockstep } from "./capture.js";

test("a scenario that keeps something from one execution to the next is told so, with the first difference, as wrong input", async () => {
  const { code, out, error } = await lockstep(["explore", "fixtures/remembers.ts"]);
  expect([code, out]).toEqual([2, ""]);
  expect(error).toMatch(
    /^lockstep: the scenario is not deterministic: .* First difference: step \d+, "worker": lock "lock" at \S*remembers\.ts:13, then step \d+, "worker": lock "other" at \S*remembers\.ts:14\. State outside/,
  );
});
