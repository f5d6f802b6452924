// Goal: --coverage says which operations and lines a search has reached, exactly, and costs nothing when it is off.
// Method: a driver of which some lines are known never to run, loaded as a user's file is.
import { expect, test } from "vitest";
import type { Result } from "#cli/result";
import { sourceLines } from "#cli/source-lines";
import { ranges } from "#report/coverage";
import { lockstep } from "./capture.js";

const file = "fixtures/half-used.ts";

test("explore --coverage lists what was carried out, and the lines that were never run, function by function", async () => {
  const { code, out } = await lockstep(["explore", file, "--coverage"]);
  expect(code).toBe(0);
  // Executions that were cut short, or begun again with more points, are counted, too.
  expect(out).toMatch(
    /\n {2}operations carried out, in all executions:\n {4}threads: start \d+\n {4}mutex: lock (\d+), unlock \1\n/,
  );
  // Other files of this test's own are loaded, too.
  const own = out.slice(out.indexOf("  fixtures/half-used.ts"));
  expect(own).toBe(`  fixtures/half-used.ts: 28 of 32 lines reached, 8 of 9 functions
    never called: read (32)
    write, never run: lines 26-27 and in line 23 "return B_BAD_VALUE;"
`);
});

test("--coverage --json has the same as data", async () => {
  const { out } = await lockstep(["explore", file, "--coverage", "--json"]);
  const { coverage } = JSON.parse(out) as Result;
  const lock = coverage?.operations.find(({ operation }) => operation === "lock");
  expect(lock).toEqual({ objectType: "mutex", operation: "lock", count: expect.any(Number) as number, inVain: 0 });
  const half = coverage?.files.find((each) => each.file === file);
  const write = half?.functions.find(({ name }) => name === "write");
  expect(write).toEqual({
    name: "write",
    line: 22,
    isReached: true,
    missed: [26, 27],
    partly: [{ line: 23, text: "return B_BAD_VALUE;" }],
  });
  expect(half?.functions.find(({ name }) => name === "read")).toMatchObject({ isReached: false, missed: [32, 33] });
});

test("without it nothing is said of what was reached", async () => {
  const { out } = await lockstep(["explore", file, "--json"]);
  expect(JSON.parse(out)).not.toHaveProperty("coverage");
  expect((await lockstep(["explore", file])).out).not.toContain("operations carried out");
});

// As the engine counts: a function's range first, what differs inside it after that.
test("words of a line, not its brackets, say whether it was run; what was counted several times is run if any time it was", () => {
  const code = "function f(x) {\n  if (x) return 1;\n  return 2;\n}\nfunction g() {\n  return 3;\n}\nf(1);\n";
  const at = (text: string): number => code.indexOf(text);
  const whole = { functionName: "", ranges: [{ startOffset: 0, endOffset: code.length, count: 1 }] };
  const f = (left: number, right: number) => ({
    functionName: "f",
    ranges: [
      { startOffset: 0, endOffset: at("\nfunction g"), count: left + right },
      { startOffset: at("return 1"), endOffset: at("\n  return 2"), count: left },
      { startOffset: at("\n  return 2"), endOffset: at("}\nfunction g"), count: right },
    ],
  });
  const g = (count: number) => ({
    functionName: "g",
    ranges: [{ startOffset: at("function g"), endOffset: at("\nf(1)"), count }],
  });
  const lines = (...counts: Parameters<typeof sourceLines>[0]["counts"]) =>
    sourceLines({ code, counts, map: null }, code.split("\n"));
  expect(lines([whole, f(0, 1), g(0)])).toEqual({
    lines: 6,
    reachedLines: 4,
    functions: [
      { name: "f", line: 1, isReached: true, missed: [], partly: [{ line: 2, text: "return 1;" }] },
      { name: "g", line: 5, isReached: false, missed: [5, 6], partly: [] },
      { name: "", line: 8, isReached: true, missed: [], partly: [] },
    ],
  });
  expect(lines([whole, f(1, 0), g(0)]).functions[0]).toMatchObject({ missed: [3], partly: [] });
  // Taken twice: what the second time does not mention was not run again.
  expect(lines([whole, f(1, 0), g(0)], [f(0, 2)]).functions.map(({ missed, partly }) => [missed, partly])).toEqual([
    [[], []],
    [[5, 6], []],
    [[], []],
  ]);
  expect(lines([whole, f(1, 1), g(0)], [g(1)]).reachedLines).toBe(6);
});

test("line numbers are told as ranges", () => {
  expect([[], [3], [3, 4], [1, 3, 4, 5, 9]].map(ranges)).toEqual(["", "3", "3-4", "1, 3-5, 9"]);
});
