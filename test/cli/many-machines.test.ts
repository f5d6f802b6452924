// Goal: a search in several parts that never meet is the search that it is part of; a search that a limit ended is gone on
// with; and files that do not fit are refused with what to do. Method: the command, in this process, on small scenarios.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sealed, type SearchFile } from "#cli/search-file";
import { lockstep, type Captured } from "./capture.js";

const folder = mkdtempSync(join(tmpdir(), "lockstep-parts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const here = (...words: string[]): Promise<Captured> => lockstep(words, { folder });

/** A result without what depends on the clock. */
function facts({ out }: Captured): Record<string, unknown> {
  const { executionsPerSecond: _, search: _2, ...rest } = JSON.parse(out) as Record<string, unknown>;
  return rest;
}

async function explored(...words: string[]): Promise<Captured> {
  return await here("explore", "classic/dining", ...words, "--json");
}

async function inParts(of: number, ...words: string[]): Promise<string[]> {
  const files = Array.from({ length: of }, (_, place) => `part${words.join("")}-${of}-${place + 1}.json`);
  for (const [place, file] of files.entries()) {
    await here("explore", "classic/dining", ...words, "--shard", `${place + 1}/${of}`, "--out", file);
  }
  return files;
}

describe("parts of a search, merged", () => {
  test.each([
    ["--strategy", "sleep"],
    ["--strategy", "random", "--max-executions", "200"],
    ["--strategy=pos", "--max-executions", "200"],
  ])("are the whole search: %s %s %s %s", async (...words) => {
    const whole = await explored(...words);
    const merged = await here("merge", ...(await inParts(3, ...words)), "--json");
    expect(facts(merged)).toEqual(facts(whole));
    expect(merged.code).toBe(whole.code);
  });

  test("have as many traces as the whole, with partial-order reduction", async () => {
    const { executions, outcome, exhausted } = facts(await explored());
    const merged = await here("merge", ...(await inParts(2)), "--json");
    expect(facts(merged)).toMatchObject({ executions, outcome, exhausted });
  });

  test("come from what --json printed as well, and are told in words", async () => {
    const files = ["a.json", "b.json"];
    for (const [place, file] of files.entries()) {
      const { out } = await explored("--strategy", "sleep", "--shard", `${place + 1}/2`);
      writeFileSync(join(folder, file), out);
    }
    const { out, code } = await here("merge", ...files);
    expect(out).toContain("1 distinct failure, and no other in this scenario: 7 traces, exhausted");
    expect(out).toContain("replay ls1:classic");
    expect(code).toBe((await explored()).code);
  });

  test("one part alone claims nothing about the whole", async () => {
    const { out, code } = await here("explore", "classic/dining", "--param", "order=lowest", "--shard", "1/2");
    expect(out).toContain("one of several parts");
    expect(out).not.toContain("none exists");
    expect(code).toBe(0);
  });
});

describe("parts that do not fit", () => {
  const wrong = async (...files: string[]): Promise<string> => {
    const { code, error, out } = await here("merge", ...files);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    return error;
  };

  test("one is missing, or there twice", async () => {
    const [a = "", , c = ""] = await inParts(3, "--strategy", "sleep");
    expect(await wrong(a, c)).toContain("missing: part 2, of 3 of classic/dining");
    expect(await wrong(a)).toContain("missing: parts 2, 3, of 3 of classic/dining");
    expect(await wrong(a, c, a)).toContain("are both part 1 of 3");
  });

  test("they are of different searches", async () => {
    const [a = ""] = await inParts(2, "--strategy", "sleep");
    const [, b = ""] = await inParts(2, "--strategy", "sleep", "--param", "n=4");
    expect(await wrong(a, b)).toMatch(/parts of different searches: classic\/dining in 2 parts.*param=n=4/);
  });

  test("one was edited, or cut off on its way", async () => {
    const [a = "", b = ""] = await inParts(2, "--strategy", "sleep");
    const text = readFileSync(join(folder, b), "utf8");
    writeFileSync(join(folder, "edited.json"), text.replace(/"first":0,/, '"first":1,'));
    expect(await wrong(a, "edited.json")).toContain("edited.json is damaged: it is not what was written");
    writeFileSync(join(folder, "short.json"), text.slice(0, text.length / 2));
    expect(await wrong(a, "short.json")).toContain("short.json is no search file: it is no JSON");
  });

  test("one met a mark that the others did not know: it says what to do", async () => {
    const [a = "", b = ""] = await inParts(2, "--strategy", "sleep");
    const result = JSON.parse(readFileSync(join(folder, b), "utf8")) as { search: SearchFile };
    writeFileSync(
      join(folder, "marked.json"),
      JSON.stringify({ ...result, search: sealed({ ...result.search, marks: [77] }) }),
    );
    expect(await wrong(a, "marked.json")).toContain("Explore every part again with: --marks 77");
  });

  test("they are no parts at all", async () => {
    writeFileSync(join(folder, "no.json"), "{}");
    writeFileSync(join(folder, "broken.json"), "{");
    expect(await wrong("no.json")).toContain("no.json is no search file: one is written by");
    expect(await wrong("broken.json")).toContain("broken.json is no search file: it is no JSON");
    expect(await wrong("absent.json")).toContain("there is no file absent.json");
  });

  test("a search that cannot be divided says so", async () => {
    const { code, error } = await explored("--strategy", "auto", "--shard", "1/2");
    expect(error).toContain("auto cannot be divided");
    expect(code).toBe(2);
  });
});

describe("a search that is gone on with", () => {
  test.each([["sleep"], ["random"]])("comes to the end that it would have had: %s", async (strategy) => {
    const limits = strategy === "random" ? ["--max-executions", "120"] : [];
    const whole = await explored("--strategy", strategy, ...limits);
    await explored("--strategy", strategy, "--max-executions", "5", "--checkpoint", "rest.json");
    const { out, code } = await here("explore", "--resume", "rest.json", "--max-executions", "120", "--json");
    expect(facts({ out, code, error: "" })).toEqual(facts(whole));
  });

  test("is written when ^C comes, and says how to go on", async () => {
    const onInterrupt = (listener: () => void): (() => void) => {
      listener();
      return () => {};
    };
    const words = ["explore", "classic/dining", "--strategy", "random", "--max-executions", "500"];
    const { out, code } = await lockstep(words, { folder, onInterrupt });
    expect(out).toContain("To go on: lockstep explore --resume dining.search.json");
    expect(code).toBe(130);
    const resumed = await here("explore", "--resume", "dining.search.json", "--json");
    expect(facts(resumed)).toEqual(facts(await explored("--strategy", "random", "--max-executions", "500")));
  });

  test("is refused with other options, another scenario, another version", async () => {
    await explored("--strategy", "sleep", "--max-executions", "5", "--checkpoint", "begun.json");
    const resume = async (...words: string[]): Promise<string> => {
      const { error, code } = await here("explore", ...words);
      expect(code).toBe(2);
      return error;
    };
    expect(await resume("--resume", "begun.json", "--strategy", "dfs")).toContain("was begun without --strategy dfs");
    expect(await resume("classic/inc", "--resume", "begun.json")).toContain(
      "begun.json is a search of classic/dining, not of classic/inc",
    );
    expect(await resume("--resume", "begun.json", "--shard", "1/2")).toContain(
      "--shard and --marks are not given again",
    );
    const file = JSON.parse(readFileSync(join(folder, "begun.json"), "utf8")) as object;
    writeFileSync(join(folder, "old.json"), JSON.stringify({ ...file, version: 0 }));
    writeFileSync(join(folder, "other.json"), JSON.stringify({ ...file, lockstep: "0.0.1" }));
    expect(await resume("--resume", "old.json")).toContain("old.json is a search file of version 0");
    expect(await resume("--resume", "other.json")).toContain("other.json was written by Lockstep 0.0.1");
  });
});

describe("options of many machines", () => {
  test.each([
    [["--shard", "3/2"], "--shard takes I/N"],
    [["--shard", "0/2"], "--shard takes I/N"],
    [["--shard", "1"], "--shard takes I/N"],
    [["--marks", "a"], "--marks takes whole numbers"],
    [["--workers", "0"], "--workers takes a whole number from 1"],
  ])("are checked: %s", async (words, message) => {
    const { error, code } = await explored(...words);
    expect(error).toContain(message);
    expect(code).toBe(2);
  });

  test("several workers that there cannot be are owned up to", async () => {
    const { out } = await here("explore", "classic/dining", "--strategy", "sleep", "--workers", "2");
    expect(out).toContain("All was done on one core: worker threads need a built Lockstep.");
  });
});
