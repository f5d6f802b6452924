// Goal: whatever a script holds, reading it ends in a scenario or in problems with their places, soon, and never in an exception; and what
// was read runs to an outcome. Method: random texts, valid scripts with random damage, and random trees of the fields and verbs that there are.
// LOCKSTEP_FUZZ_RUNS=n tries n times as many.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { execute } from "#explore/execution";
import { loadShippedDriver, SHIPPED_DRIVERS } from "#load/shipped-drivers";
import type { Driver } from "#driver";
import { firstChooser } from "#kernel/chooser";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { OUTCOMES } from "#kernel/outcome";
import { compile, measuredSimulationOf } from "#scenario/compile";
import { buildScenario } from "#script/build-scenario";
import { FIELDS } from "#script/fields";
import { readScript, type ReadScript } from "#script/read-script";
import { VERBS } from "#script/verbs";
import { damaged } from "./damaged.js";

const times = Number(process.env.LOCKSTEP_FUZZ_RUNS ?? 1);
/** Reads a text, and holds it to what every text must end in. */
function read(text: string): ReadScript {
  const result = readScript(text, "fuzz.yaml");
  expect(result.script === null).toBe(result.problems.length > 0);
  expect(result.problems.length).toBeLessThan(30);
  const lines = text.split(/\r\n|\r|\n/).length;
  for (const { line, column, message } of result.problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines + 1);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(message).toMatch(/^[^]{10,4000}$/);
    expect(message).not.toMatch(/undefined|\[object|NaN/);
  }
  return result;
}

const WORDS = [
  ...Object.keys(FIELDS),
  ...VERBS.flatMap((verb) => Object.keys(verb.fields)),
  "hex",
  "bytes",
  "arp",
  "icmp",
  "udp",
];
const leaf = fc.oneof(
  fc.constantFrom(
    "tun",
    "null",
    "app",
    "B_OK",
    "/dev/null",
    "10 ms",
    "descriptor",
    "reader",
    "tap0 up",
    "TUNSETIFF",
    "$n",
  ),
  fc.integer({ min: -2, max: 70_000 }),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);
/** JSON is YAML. */
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("node"), { maxLength: 4 }), tie("map")),
  map: fc.dictionary(fc.constantFrom(...WORDS), tie("node"), { maxKeys: 5 }),
})).map;

describe("reading a script", () => {
  test("of any characters ends in problems", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        read(text);
      }),
      { numRuns: 150 * times },
    );
  });

  test("of the characters of YAML ends in problems, or a scenario", () => {
    const character = fc.constantFrom(..."-:?,[]{}#&*!|>'\"%@` \n\tab0$<=~.".split(""));
    fc.assert(
      fc.property(fc.array(character, { maxLength: 120 }), (characters) => {
        read(characters.join(""));
      }),
      { numRuns: 250 * times },
    );
  });

  test("of the words of scripts, put anywhere, ends in problems, or a scenario", () => {
    fc.assert(
      fc.property(tree, (value) => {
        read(JSON.stringify({ scenario: "fuzz", ...(value as object) }));
      }),
      { numRuns: 150 * times },
    );
  });

  test.each([
    [
      "aliases that multiply",
      `a: &a [x]\n${"bcdefghij"
        .split("")
        .map(
          (to, at) =>
            `${to}: &${to} [${"*" + "abcdefghi"[at]}, *${"abcdefghi"[at]}, *${"abcdefghi"[at]}, *${"abcdefghi"[at]}]\n`,
        )
        .join("")}`.replace(/^(\w): /gm, "- "),
    ],
    ["steps that multiply", `scenario: a\nsetup: &s\n  - repeat: 2\n    steps: &t [*s, *s]\nrun: *t\n`],
    ["a list in a list in a list", "[".repeat(100_000)],
    ["a list in a list, in steps", `scenario: a\nrun: ${"[".repeat(2_000)}`],
    [
      "maps in maps",
      `scenario: a\nrun:\n${Array.from({ length: 300 }, (_, at) => `${" ".repeat(at)}- repeat: 1\n${" ".repeat(at)}  steps:`).join("\n")}`,
    ],
    ["an alias that leads back to itself", `scenario: a\nrun: &r\n  - repeat: 2\n    steps: *r\n`],
    ["more than a script may hold", `scenario: a\nabout: ${"x".repeat(300_000)}`],
    [
      "many names of one kind",
      `{${Array.from({ length: 40_000 }, (_, at) => `a${at}: 1`).join(",")}}`.slice(0, 260_000),
    ],
    ["one name many times", `{${"a: 1,".repeat(25_000)}}`],
    ["a million lines", "\n".repeat(225_000)],
    ["anchors in plenty", "&a ".repeat(25_000)],
    ["quotes in plenty", `"${"'\"".repeat(25_000)}`],
    ["indents in plenty", Array.from({ length: 700 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
  ])("of %s ends in problems, and soon", (_what, text) => {
    const began = process.cpuUsage().user;
    expect(read(text).script).toBe(null);
    expect(process.cpuUsage().user - began).toBeLessThan(10_000_000);
  });
});

describe("a damaged script", () => {
  test("that can be read runs to an outcome", { timeout: 60_000 * times }, async () => {
    const drivers = new Map<string, Driver>();
    for (const name of SHIPPED_DRIVERS) drivers.set(name, await loadShippedDriver(name));
    let ran = 0;
    fc.assert(
      fc.property(damaged, (text) => {
        const { script, drivers: named } = read(text);
        if (script === null || named.some((each) => !drivers.has(each.text))) return;
        const scenario = buildScenario(script, drivers);
        const simulation = { ...DEFAULT_OPTIONS, ...measuredSimulationOf(scenario), maxSteps: 3_000 };
        const { outcome } = execute(compile(scenario), firstChooser, { time: "measured", simulation });
        expect(OUTCOMES).toContain(outcome.kind);
        ran++;
      }),
      { numRuns: 200 * times },
    );
    expect(ran).toBeGreaterThan(10);
  });
});
