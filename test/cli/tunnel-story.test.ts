// Goal: the scenarios with several hosts are told beside what was told in 2023, and `explore` knows how to explore them.
// Method: those that take least, with a terminal that remembers; test/world/vpn.test.ts has all their numbers.
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { tellTunnels } from "#cli/tunnel-story";
import { captured, lockstep } from "./capture.js";

describe("the story's second table", () => {
  test("has the numbers of then and now side by side", async () => {
    const { code, out } = await captured(
      async (terminal) => (await tellTunnels(["vpn-correct"], false, terminal)).length,
    );
    expect(code).toBe(0);
    const told = "(ours: all of it good at once)";
    const row = out.split("\n").find((line) => line.startsWith("vpn-correct"));
    expect(row?.split(/ {2,}/)).toEqual(["vpn-correct", told, "2.1 ms on average, 0 % lost, 0.0 % CPU", "as told"]);
  });

  test("as JSON is a result for each", async () => {
    const { code, out } = await captured(
      async (terminal) => (await tellTunnels(["vpn-two-interfaces"], true, terminal)).length,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: "finished", expected: true, figures: { lossPercent: 0 } });
  });
});

describe("exploring a scenario with bounds of its own", () => {
  const explored = async (...words: string[]): Promise<Result> =>
    JSON.parse((await lockstep(["explore", "vpn-correct", ...words, "--judges", "none", "--json"])).out) as Result;

  test("goes its own way, also where a number of executions is given", async () => {
    const { strategy, outcome, expected, executions } = await explored("--max-executions", "3");
    expect([strategy, outcome, expected, executions]).toEqual(["random", "finished", true, 3]);
  });

  test("goes another way when it is told to", async () => {
    const { strategy, outcome, executions } = await explored("--strategy", "pct", "--max-executions", "2");
    expect([strategy, outcome, executions]).toEqual(["pct", "finished", 2]);
  });
});
