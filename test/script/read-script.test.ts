// Goal: whatever is wrong with a script is told by line and column, with what was expected and the word that was probably meant. Method: one
// script for each mistake. What the JSON Schema can see of a mistake, it refuses, too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { format, resolveConfig } from "prettier";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readScript } from "#script/read-script";
import { scriptSchema } from "#script/schema";
import { VERBS } from "#script/verbs";
import { damaged, SCRIPTS } from "../fuzz/damaged.js";

const HEAD = "scenario: a\nrun:\n";

/** What is wrong with a text, as `line:column: message`. */
function problemsOf(text: string): string[] {
  return readScript(text, "a.yaml").problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

/** The mistake, the script, what is told; and whether the JSON Schema sees it. */
const wrong: [what: string, text: string, told: RegExp, sees: "seen" | "not seen"][] = [
  ["is empty", "", /^1:1: a script is a map, which begins "scenario: a name"; this is empty$/, "seen"],
  ["is a list", "- a\n", /^1:1: a script is a map/, "seen"],
  ["is no YAML", 'scenario: "a\n', /^\d:\d+: this is no YAML: /, "not seen"],
  [
    "has two documents",
    `${HEAD}  - print: x\n---\na: 1\n`,
    /^4:1: a script is one document, and a second one begins here$/,
    "not seen",
  ],
  [
    "has a tag of somebody's",
    `${HEAD}  - print: !!js/function "x"\n`,
    /^3:\d+: a script has no tags, and this is "tag:yaml.org,2002:js\/function"$/,
    "not seen",
  ],
  ["has a date by a tag", `${HEAD}  - snooze: !!timestamp 2001-12-15\n`, /^3:13: a script has no tags/, "not seen"],
  [
    "says another version",
    `%YAML 1.1\n---\n${HEAD}  - print: x\n`,
    /^1:1: a script is YAML 1\.2, and this says 1\.1/,
    "not seen",
  ],
  [
    "has a directive",
    `%FOO bar\n---\n${HEAD}  - print: x\n`,
    /^1:1: a script has no directives, and this is %FOO/,
    "not seen",
  ],
  [
    "has old ends of lines",
    "scenario: a\rrun:\r  - opne: x\r",
    /^3:5: no verb in this step \(opne\); did you mean "open"\?$/,
    "not seen",
  ],
  [
    "has a letter of another alphabet",
    `${HEAD}  - \u0440rint: x\n`,
    /did you mean "print"\? \("\u0440" in it is U\+0440, which only looks like another letter\)$/,
    "seen",
  ],
  [
    "has a blank that is none",
    "scenario:\u00a0a\nrun: []\n",
    /^1:10: U\+00A0 stands here: it cannot be seen/,
    "not seen",
  ],
  [
    "has a name that turns round",
    'scenario: "a\\u202eb"\nrun: []\n',
    /should be a name; it is the text "a\\u\{202e\}b"$/,
    "seen",
  ],
  [
    "has a number without an end",
    `${HEAD}  - print: x\ncpus: 1e999\n`,
    /^4:7: "cpus" should be a whole number .*; it is the number 1e999$/,
    "not seen",
  ],
  ["has no number", `${HEAD}  - print: x\ncpus: .nan\n`, /^4:7: .*it is the number \.nan$/, "not seen"],
  [
    "has a date for a time",
    `${HEAD}  - snooze: 2001-12-15\n`,
    /^3:13: "snooze" should be a time .*it is the text "2001-12-15"$/,
    "seen",
  ],
  ["has a merge key", `${HEAD}  - print: x\n<<: {}\n`, /^4:1: the script has no field "<<"/, "not seen"],
  ["has no name", "run:\n  - print: x\n", /^1:1: the script has no "scenario"/, "seen"],
  [
    "has a number for a name",
    "scenario: 5\nrun: []\n",
    /^1:11: "scenario" should be a name; it is the number 5$/,
    "seen",
  ],
  ["has nothing to explore", "scenario: a\n", /the script has neither "run" and "threads"/, "seen"],
  [
    "has two beginnings",
    `${HEAD}  - print: x\nthreads:\n  t:\n    - print: x\n`,
    /has both "run" and "threads"/,
    "seen",
  ],
  [
    "misspells a field",
    `setpu: []\n${HEAD}  - print: x\n`,
    /^1:1: the script has no field "setpu"; did you mean "setup"\?$/,
    "seen",
  ],
  [
    "says a field twice",
    `${HEAD}  - print: x\ncpus: 1\ncpus: 2\n`,
    /^5:1: "cpus" stands here for the second time$/,
    "not seen",
  ],
  [
    "has a field without a value",
    `${HEAD}  - print: x\ncpus:\n`,
    /^4:6: "cpus" should be a whole number from 1 to 64; it is nothing$/,
    "seen",
  ],
  [
    "expects nonsense",
    `expect: { run: ok, explore: panic }\n${HEAD}  - print: x\n`,
    /^1:16: "run" should be one of panic, deadlock/,
    "seen",
  ],
  ["has too many CPUs", `cpus: 100\n${HEAD}  - print: x\n`, /^1:7: .* from 1 to 64; it is the number 100$/, "seen"],
  [
    "has a verb that is none",
    `${HEAD}  - opne: /dev/null\n`,
    /^3:5: no verb in this step \(opne\); did you mean "open"\?$/,
    "seen",
  ],
  [
    "has two verbs in a step",
    `${HEAD}  - open: /dev/null\n    as: d\n    close: d\n`,
    /^3:5: two verbs in one step, "open" and "close"/,
    "seen",
  ],
  ["has an empty step", `${HEAD}  - {}\n`, /^3:5: an empty step: it should have one verb/, "seen"],
  [
    "has a step that is a word",
    `${HEAD}  - close\n`,
    /^3:5: item 1 of "run" should be a step: a map .* it is the text "close"$/,
    "seen",
  ],
  [
    "has a field that the verb has not",
    `${HEAD}  - open: /dev/null\n    falgs: O_RDWR\n`,
    /^4:5: the step "open" has no field "falgs"; did you mean "flags"\?$/,
    "seen",
  ],
  [
    "leaves a field out",
    `${HEAD}  - open: /a\n    as: d\n  - write: d\n`,
    /^5:5: the step "write" has no "data"/,
    "seen",
  ],
  [
    "uses a descriptor that nobody opens",
    `${HEAD}  - open: /a\n    as: near\n  - close: naer\n`,
    /^5:12: no descriptor or number is called "naer": .*; did you mean "near"\?$/,
    "not seen",
  ],
  [
    "waits for a thread that nobody starts",
    `${HEAD}  - wait: reader\n`,
    /^3:11: no thread is called "reader": "spawn" gives one$/,
    "not seen",
  ],
  [
    "uses in the set-up what comes later",
    `setup:\n  - close: d\n${HEAD}  - open: /a\n    as: d\n`,
    /^2:12: "d" is not known in the set-up/,
    "not seen",
  ],
  [
    "expects a status that is none",
    `${HEAD}  - open: /a\n    expect: B_BUSSY\n`,
    /^4:13: "expect" should be a status .* did you mean "B_BUSY"\?$/,
    "seen",
  ],
  [
    "writes what is no hexadecimal",
    `${HEAD}  - send: tap0\n    data: { hex: abc }\n`,
    /^4:18: "hex" should be bytes in hexadecimal/,
    "seen",
  ],
  [
    "writes two things at once",
    `${HEAD}  - send: tap0\n    data: { hex: ab, text: x }\n`,
    /^4:11: "data" should have one of hex, text, .*; it has 2$/,
    "seen",
  ],
  [
    "names a frame that is none",
    `${HEAD}  - send: tap0\n    data: HELLO\n`,
    /^4:11: no frame is called "HELLO" up to here/,
    "not seen",
  ],
  [
    "has an address that is none",
    `${HEAD}  - send: tap0\n    data: { arp: { source: 10.0.0, destination: 10.0.0.2 } }\n`,
    /^4:28: "source" should be an IPv4 address/,
    "seen",
  ],
  ["sleeps for an odd time", `${HEAD}  - snooze: 10 hours\n`, /^3:13: "snooze" should be a time \("10 us"/, "seen"],
  [
    "has a parameter that is not declared",
    `${HEAD}  - snooze: $n\n`,
    /^3:13: no parameter is called "n": declare it/,
    "not seen",
  ],
  [
    "has a default out of its range",
    `parameters: { n: { default: 5, about: x, most: 3 } }\n${HEAD}  - print: x\n`,
    /^1:18: the default of "n" should be from 0 to 3; it is 5$/,
    "not seen",
  ],
  [
    "lets a kernel thread call",
    `${HEAD}  - spawn: t\n    team: kernel\n    steps:\n      - open: /a\n`,
    /^6:9: a kernel thread makes no calls/,
    "not seen",
  ],
  [
    "lets a thread call for another team",
    `${HEAD}  - spawn: t\n    team: app\n    steps:\n      - open: /a\n        team: shell\n`,
    /^6:9: a thread of the team "app" makes calls of its own team only/,
    "not seen",
  ],
  [
    "has a team of no host",
    `${HEAD}  - open: /a\n    team: client/app\n`,
    /^3:5: the team "client\/app" is of the host "client", which does not exist/,
    "not seen",
  ],
  [
    "has a link to no host",
    `hosts: { client: {} }\nlinks: [{ ends: [{ host: client, interface: eth0 }, { host: sever, interface: eth0 }] }]\n${HEAD}  - print: x\n`,
    /^2:61: there is no host "sever": there is client/,
    "not seen",
  ],
  [
    "has links without hosts",
    `links: [{ ends: [{ host: a, interface: eth0 }, { host: b, interface: eth0 }] }]\n${HEAD}  - print: x\n`,
    /"links" go with "hosts"/,
    "seen",
  ],
  ["uses an anchor that is none", `${HEAD}  - print: *x\n`, /^3:12: .*alias/i, "not seen"],
  [
    "leads back to itself",
    `scenario: a\nrun: &r\n  - repeat: 2\n    steps: *r\n`,
    /levels deep \(an alias that leads back to itself\?\)/,
    "not seen",
  ],
];

const validate = new Ajv({ allErrors: false, allowUnionTypes: true, strict: false, logger: false }).compile(
  scriptSchema(),
);

describe("a script that", () => {
  test.each(wrong)("%s is told where, and what was expected", (_what, text, told) => {
    const problems = problemsOf(text);
    expect(problems.join("\n")).toMatch(new RegExp(told.source, `${told.flags}m`));
    expect(problems.length).toBeLessThan(3);
  });

  test.each(wrong.filter(([, , , sees]) => sees === "seen"))("%s is refused by the JSON Schema", (_what, text) => {
    expect(validate(parse(text))).toBe(false);
  });

  test("has many mistakes is told them all, in the order of the text, and how many more there are", () => {
    const text = `scenario: a\nrun:\n${"  - opne: x\n".repeat(50)}`;
    const problems = problemsOf(text);
    expect(problems.length).toBe(21);
    expect(problems[0]).toMatch(/^3:5: no verb/);
    expect(problems[20]).toBe("23:5: 30 more problems from here on");
  });

  test("has a mistake in a step is not told that what the step gives is missing", () => {
    const misread = problemsOf("scenario: s\nthreads:\n  reader:\n    - read:\n  closer:\n    - close: fd\n");
    expect(misread).toContainEqual(
      expect.stringMatching(/no descriptor or number is called "fd": a step gives one with "as"$/),
    );
    expect(problemsOf(`${HEAD}  - opne: /a\n    as: d\n  - close: d\n`)).toHaveLength(1);
    expect(problemsOf(`${HEAD}  - spawn: t\n    stepz: []\n  - wait: t\n`)).toHaveLength(2);
  });
});

describe("the JSON Schema", () => {
  test("that is published is the one that the shapes make", async () => {
    const path = join(import.meta.dirname, "../../docs/scenario.schema.json");
    const text = await format(JSON.stringify(scriptSchema()), { ...(await resolveConfig(path)), parser: "json" });
    await expect(text).toMatchFileSnapshot(path);
  });

  test.each(SCRIPTS.map(({ file, text }) => [file, text]))("takes %s", (_file, text) => {
    expect(readScript(text, "a.yaml").problems).toEqual([]);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test("takes whatever is a scenario", () => {
    fc.assert(
      fc.property(damaged, (text) => {
        if (readScript(text, "a.yaml").script !== null)
          expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("and the guide know every verb", () => {
    const guide = readFileSync(join(import.meta.dirname, "../../docs/scripts.md"), "utf8");
    for (const { name } of VERBS) expect(guide).toContain(`\`${name}\``);
  });
});
