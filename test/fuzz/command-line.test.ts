// Goal: whatever is typed ends in a result, or in a message and exit code 2, and never in a stack. Method: random words and options for the
// commands, schedules with random damage. LOCKSTEP_FUZZ_RUNS=n tries n times as many.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "#base/assert";
import { formatSchedule, parseSchedule } from "#trace/schedule";
import { lockstep, type Captured } from "../cli/capture.js";

const times = Number(process.env.LOCKSTEP_FUZZ_RUNS ?? 1);
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-fuzz-"));
  writeFileSync(join(folder, "small.yaml"), "scenario: small\nrun:\n  - print: hello\n");
  writeFileSync(join(folder, "wrong.yaml"), "scenario: [\n");
  writeFileSync(join(folder, "empty.ts"), "");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Types the words, and holds what comes of it to what must always be so. */
async function type(words: readonly string[]): Promise<Captured> {
  const result = await lockstep(words, { folder });
  expect([0, 1, 2]).toContain(result.code);
  expect(`${result.out}${result.error}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(result.error).not.toMatch(/undefined|\[object/);
  if (result.code === 2) expect(result.error.length + result.out.length).toBeGreaterThan(20);
  return result;
}

const garbage = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => text.replaceAll("\0", "")),
  fc.constantFrom(
    "",
    "-",
    "--",
    "---",
    "=",
    "--=",
    "-1",
    "0",
    "1e9",
    "NaN",
    "Infinity",
    "..",
    "/",
    "small.yaml",
    "wrong.yaml",
    "empty.ts",
    "nowhere.yaml",
    "__proto__",
    "constructor",
  ),
);
const OPTIONS = [
  "--json",
  "--seed",
  "--strategy",
  "--max-executions",
  "--max-seconds",
  "--preemptions",
  "--delays",
  "--depth",
  "--cpus",
  "--debug",
  "--param",
  "--judges",
  "--workers",
  "--shard",
  "--no-shrink",
  "--stop-at-first",
  "--coverage",
  "--schema",
  "--max-step-seconds",
  "--format",
  "--beside",
  "--command",
  "--resume",
  "--help",
  "-h",
  "-x",
  "--sede",
  "--__proto__",
  "--constructor",
];
const VALUES = ["1", "2", "dpor", "random", "pct", "kdebug", "none", "all", "a=b", "1/2", "5"];
const option = fc
  .tuple(
    fc.constantFrom(...OPTIONS),
    fc.constantFrom("apart", "joined", "alone"),
    fc.oneof(fc.constantFrom(...VALUES), garbage),
  )
  .map(([name, how, value]) => (how === "alone" ? [name] : how === "apart" ? [name, value] : [`${name}=${value}`]));

/** A command that does little, with words and options that mean little. */
const typed: fc.Arbitrary<string[]> = fc
  .tuple(
    fc.constantFrom(
      "run",
      "explore",
      "check",
      "replay",
      "merge",
      "list",
      "init",
      "kdl",
      "explain",
      "report",
      "export",
      "relpay",
      "",
    ),
    fc.array(garbage, { minLength: 1, maxLength: 3 }),
    fc.array(option, { maxLength: 3 }),
  )
  .map(([command, words, options]) => [command, ...words, ...options.flat()])
  // Without a name, all that ship would be run.
  .filter(([command, ...words]) => command !== "run" || words.some((word) => word.includes(".")));

describe("a command line", () => {
  test("of random words ends in a result, or a message", { timeout: 60_000 * times }, async () => {
    await fc.assert(
      fc.asyncProperty(typed, async (words) => {
        await type(words);
      }),
      { numRuns: 150 * times },
    );
  });

  test("that names no command ends in a message", async () => {
    const names = fc.array(garbage, { minLength: 1, maxLength: 4 }).filter(([first = ""]) => !/^[a-z]+$/.test(first));
    await fc.assert(
      fc.asyncProperty(names, async (words) => {
        await type(words);
      }),
      { numRuns: 100 * times },
    );
  });
});

const choice = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(8))
  .map(([count, value]) => ({ count, value: value % count }));
const schedule = fc.record({
  scenario: fc.constantFrom("small.yaml", "semaphores", "nowhere", "a b/c(d).ts", "é:%"),
  parameters: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  cpus: fc.integer({ min: 1, max: 64 }),
  debug: fc.constantFrom("kdebug" as const, "release" as const),
  time: fc.constantFrom("adversarial" as const, "measured" as const),
  marks: fc.array(fc.nat(99), { maxLength: 3 }),
  choices: fc.array(choice, { maxLength: 12 }),
});

describe("a schedule", () => {
  test("is read as it was written", () => {
    fc.assert(
      fc.property(schedule, (value) => {
        expect(parseSchedule(formatSchedule(value))).toEqual(value);
      }),
      { numRuns: 300 * times },
    );
  });

  test("with damage is read, or refused with a message", () => {
    const damage = fc.record({
      at: fc.nat(200),
      length: fc.nat(4),
      put: fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom(":", "x999999999", "-", ".", "%", "ls2")),
    });
    fc.assert(
      fc.property(schedule, fc.array(damage, { minLength: 1, maxLength: 3 }), (value, edits) => {
        const text = edits.reduce((token, { at, length, put }) => {
          const from = at % (token.length + 1);
          return token.slice(0, from) + put + token.slice(from + length);
        }, formatSchedule(value));
        try {
          parseSchedule(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^[^]{10,300}$/);
          expect((error as Error).message).not.toMatch(/undefined|NaN/);
        }
      }),
      { numRuns: 500 * times },
    );
  });

  test("that fits no scenario is refused with a message by replay", { timeout: 60_000 * times }, async () => {
    await fc.assert(
      fc.asyncProperty(schedule, async (value) => {
        await type(["replay", formatSchedule(value)]);
      }),
      { numRuns: 60 * times },
    );
  });
});
