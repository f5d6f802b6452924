// Goal: the shipped scenario of the small drivers holds on every schedule, and is small enough to be exhausted.
import { describe, expect, test } from "vitest";
import { execute } from "#explore/execution";
import { explore } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import { compile } from "#scenario/compile";
import nullAndFriends from "#scenarios/null-and-friends";

describe("null-and-friends", () => {
  test("finishes under Haiku's scheduler", () => {
    const { outcome } = execute(compile(nullAndFriends), firstChooser, { time: "measured" });
    expect(outcome).toMatchObject({ kind: "finished", message: "" });
  });

  test("is exhausted without a finding, in a few thousand executions", () => {
    const result = explore(compile(nullAndFriends));
    expect(result.findings).toEqual([]);
    expect(result.exhausted).toBe(true);
    expect(result.executions).toBeGreaterThan(1);
    expect(result.executions + result.blocked).toBeLessThan(3_000);
  });
});
