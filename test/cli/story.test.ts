// Goal: the story shows each driver's fate as one row, tells why, and fails when a row is not as told. Method: three of
// its scenarios, with a terminal that remembers; the whole story is what `npm start` tells.
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { SHIPPED } from "#cli/shipped";
import { CHAPTERS } from "#cli/story-text";
import { tellStory } from "#cli/story";
import { captured } from "./capture.js";

describe("the story", () => {
  test("has a row, a tale and a replay command for each driver", async () => {
    const { code, out } = await captured((terminal) => tellStory(["silent-close", "merged-data"], false, terminal));
    expect(code).toBe(0);
    expect(out).toMatch(/silent-close +August: close wakes nobody +deadlock +deadlock +1 +yes +as told/);
    expect(out).toMatch(/merged-data +merged: write notifies without the lock +finished +deadlock +\d+ +yes +as told/);
    expect(out).toContain("run and explore: deadlock");
    expect(out).toMatch(/explore: deadlock: lost wakeup on condition variable "gIntWait"/);
    expect(out).toMatch(/lockstep replay ls1:merged-data:1:kdebug:adversarial:/);
    expect(out).toContain("All 2 rows are as told.");
  });

  test("as JSON is two results a scenario, its run's and its exploration's", async () => {
    const { code, out } = await captured((terminal) => tellStory(["merged-tunsetiff"], true, terminal));
    expect(code).toBe(0);
    const results = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Result);
    expect(results).toMatchObject([
      { scenario: "merged-tunsetiff", strategy: "haiku", outcome: "panic", expected: true },
      { scenario: "merged-tunsetiff", strategy: "dpor", outcome: "panic", expected: true, exhausted: true },
    ]);
  });

  test("says which rows are not as told when a search does not come to its end", async () => {
    let now = 0;
    const { code, out } = await captured((terminal) =>
      tellStory(["tun-close"], false, { ...terminal, now: () => (now += 30_000) }),
    );
    expect(code).toBe(1);
    expect(out).toContain("NOT AS EXPECTED");
    expect(out).toContain("Not as expected: tun-close.");
  });

  test("has words for every scenario that ships, and fits its table", () => {
    expect(Object.keys(CHAPTERS)).toEqual([...SHIPPED]);
    for (const { driver } of Object.values(CHAPTERS)) expect(driver.length).toBeLessThanOrEqual(49);
  });
});
