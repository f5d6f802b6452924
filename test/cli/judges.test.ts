// Goal: what judges see reaches the reader: as a finding that replays, beside another one, or as a note to a run.
import { describe, expect, test } from "vitest";
import { InputError } from "#base/assert";
import type { Result } from "#cli/result";
import { chosenJudges, JUDGES } from "#judges/all";
import { lockstep } from "./capture.js";

const racy = "fixtures/racy.ts";
const locks = "fixtures/two-locks.ts";

async function json(...words: string[]): Promise<Result> {
  return JSON.parse((await lockstep([...words, "--json"])).out) as Result;
}

describe("a verdict on an execution that ends well", () => {
  test("is a finding of explore, whose schedule replays to it", async () => {
    const explored = await json("explore", racy);
    expect(explored).toMatchObject({ outcome: "assertion", exhausted: true, firstFailure: null });
    expect(explored.judged.judges).toHaveLength(JUDGES.length);
    expect(explored.judged.executions).toBeGreaterThan(1);
    const [finding] = explored.findings;
    expect(finding?.message).toMatch(/^data race on "count": one thread reads it in increment \(.*racy\.ts:11\), /);
    expect(finding?.verdicts.map(({ judge }) => judge)).toEqual(["data-race"]);

    const again = await json("replay", finding?.schedule ?? "");
    expect(again).toMatchObject({ outcome: "assertion", findings: [{ message: finding?.message }] });
  });

  test("is a note to a run, which ends as it ends", async () => {
    const { code, out } = await lockstep(["run", racy]);
    expect(code).toBe(0);
    expect(out).toMatch(/ok {3}finished/);
    expect(out).toMatch(/note data race on "count"/);
    expect((await lockstep(["run", racy, "--judges", "none"])).out).not.toContain("note");
  });

  test("is not passed by a judge that was not asked", async () => {
    expect(await json("explore", racy, "--judges", "lock-order,leak")).toMatchObject({
      outcome: "finished",
      judged: { judges: ["lock-order", "leak"] },
    });
    expect((await lockstep(["explore", racy, "--judges", "none"])).out).toContain("no judge was asked");
  });

  test("says in the text how many executions were looked at, and by whom", async () => {
    const { out } = await lockstep(["explore", racy]);
    expect(out).toMatch(/by itself no execution fails: none exists in this scenario/);
    expect(out).toMatch(/14 judges looked at \d+ executions and added 1 finding: data-race/);
    expect(out).toMatch(/"one" wrote count = 1 at step \d+ in increment \(.*racy\.ts:11\), with no lock held\./);
  });
});

test("a verdict on an execution that went on for too long says so", async () => {
  const { out } = await lockstep(["explore", "fixtures/spinning.ts"]);
  expect(out).toContain("seen by the judge polling, in an execution that was cut off for its length");
});

test("a finding of the search names the judges who name it, too", async () => {
  const { out } = await lockstep(["explore", locks]);
  expect(out).toMatch(/Finding 1 of 1 /); // that the locks are taken in opposite orders is no news beside it
  expect(out).toMatch(/judged: {2}deadlock/);
});

describe("the choice of judges", () => {
  test("is told which there are when one is misspelt", () => {
    expect(() => chosenJudges("data-race,lockorder")).toThrow(InputError);
    expect(() => chosenJudges("lockorder")).toThrow(/there is no judge "lockorder"; did you mean "lock-order"\?/);
  });

  test("is all, none or those that are named, in the judges' own order", () => {
    const names = (list: string): string[] => chosenJudges(list).map(({ name }) => name);
    expect(names("all")).toEqual(JUDGES.map(({ name }) => name));
    expect(names("none")).toEqual([]);
    expect(names("leak, data-race")).toEqual(["data-race", "leak"]);
  });
});
