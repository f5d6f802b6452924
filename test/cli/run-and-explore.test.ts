// Goal: run and explore say the same thing to people and to scripts, and their exit codes follow the scenario's
// expectation. Method: a scenario of two locks, through the command line, with a terminal that remembers.
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep } from "./capture.js";

const file = "fixtures/two-locks.ts";

const FIELDS = [
  "scenario",
  "strategy",
  "outcome",
  "expected",
  "executions",
  "blocked",
  "repeated",
  "firstFailure",
  "exhausted",
  "heldUp",
  "nestedOnly",
  "bound",
  "within",
  "guarantee",
  "parts",
  "findings",
  "judged",
  "steps",
  "executionsPerSecond",
];
const FINDING_FIELDS = [
  "outcome",
  "message",
  "explanation",
  "schedule",
  "preemptions",
  "verdicts",
  "provedLeast",
  "executions",
];

async function json(...words: string[]): Promise<{ code: number; result: Result }> {
  const { code, out, error } = await lockstep([...words, "--json"]);
  expect(error).toBe("");
  return { code, result: JSON.parse(out) as Result };
}

describe("--json", () => {
  test.each(["run", "explore"])("of %s is one object with exactly the fields that scripts read", async (command) => {
    const { result } = await json(command, file);
    expect(Object.keys(result)).toEqual(FIELDS);
  });

  test("holds every finding with exactly its fields, and a schedule that replays it", async () => {
    const { code, result } = await json("explore", file);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      scenario: file,
      strategy: "dpor",
      outcome: "deadlock",
      expected: true,
      exhausted: true,
      bound: null,
    });
    expect(result.findings).toHaveLength(1);
    const [finding] = result.findings;
    expect(Object.keys(finding ?? {})).toEqual(FINDING_FIELDS);
    expect(finding).toMatchObject({ preemptions: 1, provedLeast: true });
    expect(finding?.explanation).toContain('"one" and "two" wait for each other');

    const again = await json("replay", finding?.schedule ?? "");
    expect(again.result).toMatchObject({ strategy: "replay", outcome: "deadlock", expected: true, executions: 1 });
    expect(again.result.findings[0]).toMatchObject({ message: finding?.message, schedule: finding?.schedule });
  });

  test("of several runs is one object a line", async () => {
    const { out } = await lockstep(["run", file, file, "--json"]);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Result).strategy)).toEqual(["haiku", "haiku"]);
  });
});

describe("the exit code", () => {
  test("is 0 when the outcome is the declared one, a failure too", async () => {
    expect((await lockstep(["run", file])).code).toBe(0);
    expect((await lockstep(["explore", file])).code).toBe(0);
  });

  test("is 1 when it is another one", async () => {
    const { code, result } = await json("explore", file, "--max-executions", "1", "--judges", "none");
    expect(result).toMatchObject({ outcome: "finished", expected: false, exhausted: false, bound: "executions" });
    expect(code).toBe(1);
  });

  test("with settings that the scenario does not declare, is 0 for finished and 1 for a failure", async () => {
    const inOrder = await json("explore", file, "--param", "inOrder=true");
    expect(inOrder).toMatchObject({ code: 0, result: { outcome: "finished", expected: null, exhausted: true } });
    const onTwo = await json("explore", file, "--cpus", "2");
    expect(onTwo).toMatchObject({ code: 1, result: { outcome: "deadlock", expected: null } });
    const release = await json("run", file, "--debug", "release");
    expect(release).toMatchObject({ code: 0, result: { outcome: "finished", expected: null } });
  });

  test("follows the declaration when what is set is the scenario's own", async () => {
    const { result } = await json("explore", file, "--param", "inOrder=false");
    expect(result.expected).toBe(true);
  });
});

describe("what a reader sees", () => {
  test("is what was searched, the finding in full, and the command that replays it", async () => {
    const { out } = await lockstep(["explore", file]);
    expect(out).toContain("ok   deadlock, as expected");
    expect(out).toContain("exhausted");
    expect(out).toContain("Finding 1 of 1");
    expect(out).toMatch(/step +one +two +where/);
    expect(out).toContain("two-locks.ts:");
    const command = /lockstep (replay \S+)/.exec(out)?.[1]?.split(" ") ?? [];
    const again = await lockstep(command);
    expect(again.code).toBe(0);
    expect(again.out).toContain("the schedule fits");
  });

  test("is told that nothing exists only when the search was exhausted", async () => {
    const all = await lockstep(["explore", file, "--param", "inOrder=true"]);
    expect(all.out).toContain("none exists in this scenario");
    const some = await lockstep(["explore", file, "--param", "inOrder=true", "--seed", "1", "--max-executions", "5"]);
    expect(some.out).toContain("no failure found in 5 executions");
    expect(some.out).not.toContain("none exists");
  });

  test("has no colours where none are wanted", async () => {
    const { out } = await lockstep(["explore", file]);
    expect(out).not.toContain("\u001b");
  });

  test("is shown progress only where somebody watches", async () => {
    const words = ["explore", file, "--param", "rounds=4", "--strategy", "dfs", "--max-executions", "3000"];
    let now = 0;
    const clock = { now: () => (now += 100) };
    const watched = await lockstep(words, { isWatched: true, ...clock });
    expect(watched.error).toMatch(/\r.*two-locks.ts: [\d,]+ interleavings, [\d,]+\/s, \d findings?/);
    expect(watched.error.endsWith("\r\u001b[K")).toBe(true);
    expect((await lockstep(words, clock)).error).toBe("");
    expect((await lockstep([...words, "--json"], { isWatched: true, ...clock })).error).toBe("");
  });
});
