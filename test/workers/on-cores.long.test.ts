// Goal: several worker threads find what one finds, execution for execution; and a search that was stopped is gone on with
// to the same end. Method: Lockstep is built from the present sources (test/workers/built.ts), and searches are made with
// it in a process of their own: fanned out at once, so that threads do nearly all of the work.
import { appendFileSync, copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { build, node, type Built } from "./built.js";

interface Wanted {
  readonly name: string;
  readonly options: object;
  readonly workers?: number;
  readonly fanOutAfter?: number;
  readonly stopAfter?: number;
  readonly exported?: string;
}

interface Searched {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly used?: number;
  readonly marks?: readonly number[];
  readonly stopped?: boolean;
  readonly error?: string;
}

/** Each is made by one worker, and by two. */
const BOTH: readonly Wanted[] = [
  { name: "inc5", options: { strategy: "dfs" } },
  { name: "marked", options: { strategy: "sleep" } },
  { name: "dining5", options: { strategy: "pct", maxExecutions: 1_000 } },
  { name: "dining5", options: { strategy: "random", stopAtFirst: true, seed: 3 } },
  { name: "inc7", options: { strategy: "dfs" }, stopAfter: 1 },
  { name: "dining5", options: { strategy: "surw", maxExecutions: 3_000 }, stopAfter: 1 },
  // Nothing fails in it, so what depends on the moment does not show.
  { name: "inc7", options: { strategy: "dpor" }, stopAfter: 1 },
];
const DPOR: Wanted = { name: "dining5", options: { strategy: "dpor" } };
const SHORT: Wanted = { name: "dining5", options: { strategy: "sleep" }, workers: 2, fanOutAfter: 60_000 };
const WRONG: Wanted = { name: "inc5", options: { strategy: "dfs" }, workers: 2, exported: "inc77" };

let built: Built;
let one: readonly Searched[];
let several: readonly Searched[];
let others: readonly Searched[];

beforeAll(async () => {
  built = build();
  for (const file of ["programs.mjs", "search.mjs", "stops-itself.ts"]) {
    copyFileSync(join(import.meta.dirname, "fixtures", file), join(built.folder, file));
  }
  one = await searched([...BOTH, DPOR].map((each) => ({ ...each, workers: 1, stopAfter: undefined })));
  several = await searched([...BOTH, DPOR].map((each) => ({ ...each, workers: 2 })));
  others = await searched([SHORT, WRONG]);
}, 240_000);
afterAll(() => built.remove());

async function searched(wanted: readonly object[]): Promise<readonly Searched[]> {
  const { out, error } = await node(built, ["search.mjs", JSON.stringify(wanted)]);
  expect(error).toBe("");
  return JSON.parse(out) as readonly Searched[];
}

describe("several workers", () => {
  test.each(BOTH.map((each, place) => [JSON.stringify(each), place] as const))(
    "find what one finds: %s",
    (_, place) => {
      expect(several[place]?.result).toEqual(one[place]?.result);
      expect(several[place]?.marks).toEqual(one[place]?.marks);
      expect(one[place]?.used).toBe(1);
    },
  );

  test("are at work, and are stopped, in these tests", () => {
    for (const each of several) expect(each).toMatchObject({ used: 2 });
    expect(several[4]).toMatchObject({ stopped: true });
  });

  test("begin again with a mark that one of them needs", () => {
    expect(several[1]?.marks).toHaveLength(1);
  });

  test("have as many traces as one with partial-order reduction, and the same outcome", () => {
    const { executions, outcome, exhausted } = one[BOTH.length]?.result ?? {};
    expect(several[BOTH.length]?.result).toMatchObject({ executions, outcome, exhausted });
    expect(exhausted).toBe(true);
  });

  test("are not started for a search that is soon over", () => {
    expect(others[0]?.used).toBe(1);
  });

  test("say what went wrong in one of them", () => {
    expect(others[1]?.error).toMatch(/^InputError: .*exports no scenario or program called "inc77"; it exports .*inc5/);
  });
});

describe("the command, stopped by ^C", () => {
  const words = ["explore", "stops-itself.ts", "--strategy", "sleep", "--workers", "1"];

  test("says what it found, writes the rest into a file, and goes on from there to the same end", async () => {
    const stopped = await node(built, [built.main, ...words, "--checkpoint", "rest.json"]);
    expect(stopped.error).toBe("");
    expect(stopped.out).toContain("stopped from outside");
    expect(stopped.out).toMatch(/To go on: .* explore --resume rest\.json/);
    expect(stopped.code).toBe(130);
    const resumed = await node(built, [built.main, "explore", "--resume", "rest.json", "--json"]);
    const whole = await node(built, [built.main, ...words, "--json"]);
    expect(facts(resumed.out)).toEqual(facts(whole.out));
    expect(resumed.code).toBe(whole.code);
  });

  test("refuses to go on when the code is another, and leaves the file as it is", async () => {
    const text = readFileSync(join(built.folder, "rest.json"), "utf8");
    appendFileSync(join(built.folder, "stops-itself.ts"), "// changed\n");
    const { code, error } = await node(built, [built.main, "explore", "--resume", "rest.json"]);
    expect(error).toContain("is not what it was when this was written");
    expect(code).toBe(2);
    expect(readFileSync(join(built.folder, "rest.json"), "utf8")).toBe(text);
  });
});

function facts(json: string): unknown {
  const { executionsPerSecond: _, ...rest } = JSON.parse(json) as Record<string, unknown>;
  return rest;
}
