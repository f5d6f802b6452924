// Goal: data that races is explored again with points before its accesses, which finds what happens inside a step; and says so.
// Method: a driver that loses a count, loaded as a user's file is.
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep } from "./capture.js";

const file = "fixtures/lost-count.ts";

async function explored(...options: string[]): Promise<Result> {
  const { out } = await lockstep(["explore", file, "--json", ...options]);
  return JSON.parse(out) as Result;
}

describe("a race that the first search cannot show the harm of", () => {
  test("is explored again, and the lost count is found, with a schedule that replays it", async () => {
    const { code, out } = await lockstep(["explore", file]);
    expect(code).toBe(1);
    const text = out.replaceAll(/\s+/g, " ");
    expect(text).toContain("by itself no execution fails: none exists in this scenario: 2 traces, exhausted");
    expect(text).toContain("explored again with points before the accesses of counter.count: 1 distinct failure");
    expect(text).toContain("other plain accesses atomic between operations");
    expect(text).not.toContain("not covered");
    expect(text).toContain("assertion: two writes, and the count is 1");
    expect(out).toMatch(/ \d+ +read "counter\.count" +lost-count\.ts:\d+/);
    const schedule = /replay (ls1:\S+)/.exec(out)?.[1] ?? "";
    const again = await lockstep(["replay", schedule]);
    expect(again.out).toContain("the schedule fits");
    expect(again.out).toContain("two writes, and the count is 1");
  });

  test("says with --json what the second search covered", async () => {
    const { accesses, findings, exhausted } = await explored();
    expect(accesses).toMatchObject({ data: ["counter.count"], executions: 6, exhausted: true, bound: null });
    expect(findings.map(({ message }) => message)).toEqual([
      "two writes, and the count is 1",
      expect.stringContaining("data race on counter.count"),
    ]);
    expect(exhausted).toBe(true);
  });

  test("is left at that with --accesses whole, or where the judge was not asked", async () => {
    const whole = await explored("--accesses", "whole");
    expect(whole.accesses).toBeUndefined();
    expect(whole.findings).toHaveLength(1);
    const unjudged = await explored("--judges", "none");
    expect(unjudged).toMatchObject({ outcome: "finished", findings: [] });
  });

  test("is explored within the limits that were given", async () => {
    const { accesses } = await explored("--max-executions", "3");
    expect(accesses).toMatchObject({ bound: "executions", exhausted: false });
  });
});

test("--accesses takes one of three words", async () => {
  const { code, error } = await lockstep(["explore", file, "--accesses", "parts"]);
  expect(code).toBe(2);
  expect(error).toContain('--accesses takes one of auto, points, whole, not "parts"');
});
