// Goal: `lockstep check` shows every mistake where it is; scripts and their drivers are loaded by run, explore and replay as modules are.
// Method: files in a folder of their own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockstep, type Captured } from "./capture.js";

let folder = "";

const DRIVER = `import { B_OK, defineDriver } from "lockstep";
export const one = defineDriver({
  name: "one",
  load: () => ({ devices: ["misc/one"], hooks: { *open() { return {}; }, *read() { return 1; } } }),
});
export const helper = 5;
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-check-"));
  writeFileSync(join(folder, "one.ts"), DRIVER);
  writeFileSync(
    join(folder, "two.ts"),
    `${DRIVER}export const two = defineDriver({ name: "two", load: () => ({}) });\n`,
  );
  writeFileSync(join(folder, "none.ts"), "export const helper = 5;\n");
  writeFileSync(join(folder, "broken.ts"), "export const = 5;\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): void {
  writeFileSync(join(folder, file), text);
}

const inFolder = (...words: string[]): Promise<Captured> => lockstep(words, { folder });

describe("check", () => {
  test("says which scenario a good file holds", async () => {
    write("good.yaml", "scenario: all is well\nrun:\n  - print: hello\n");
    const { code, out, error } = await inFolder("check", "good.yaml");
    expect({ code, out, error }).toEqual({ code: 0, out: 'ok  good.yaml: the scenario "all is well"\n', error: "" });
  });

  test("shows every mistake, with its line, and gives 2", async () => {
    write("bad.yaml", "scenario: bad\ncpus: 0\nrun:\n  - opne: /dev/null\n");
    const { code, out } = await inFolder("check", "bad.yaml");
    expect(out).toBe(`bad.yaml:2:7: "cpus" should be a whole number from 1 to 64; it is the number 0
    2 | cpus: 0
      |       ^
bad.yaml:4:5: no verb in this step (opne); did you mean "open"?
    4 |   - opne: /dev/null
      |     ^
2 problems in bad.yaml
`);
    expect(code).toBe(2);
  });

  test("looks at modules, too, and at several files", async () => {
    write("good.yaml", "scenario: good\nrun: []\n");
    const { code, out } = await inFolder("check", "good.yaml", "broken.ts", "nowhere.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({
      files: [
        { file: "good.yaml", scenario: "good", problems: [] },
        { file: "broken.ts", scenario: null, problems: [{ line: 1, column: 14 }] },
        {
          file: "nowhere.yaml",
          scenario: null,
          problems: [{ line: 1, column: 1, message: "there is no file nowhere.yaml" }],
        },
      ],
    });
    expect(code).toBe(2);
  });

  test.each([
    ["tunn", /no driver called "tunn" ships; did you mean "tun"\?/],
    ["./nowhere.ts", /there is no file nowhere\.ts/],
    ["./none.ts", /none\.ts: it exports no driver, as defineDriver makes one/],
    ["./two.ts", /two\.ts: its drivers are one, two; say which one, as "\.\/two\.ts#one"/],
    ["./two.ts#tow", /two\.ts exports no driver called "tow".*did you mean "two"\?/],
    ["./broken.ts", /broken\.ts:1:14: syntax error/],
    ["./good.yaml", /good\.yaml is no module/],
  ])("tells where the driver %s is named", async (driver, told) => {
    write("good.yaml", "scenario: good\nrun: []\n");
    write("named.yaml", `scenario: named\ndrivers: ["${driver}"]\nrun: []\n`);
    const { code, out, error } = await inFolder("check", "named.yaml");
    expect(out).toMatch(/^named\.yaml:2:11: /);
    expect(out).toMatch(told);
    expect({ code, error }).toEqual({ code: 2, error: "" });
  });

  test("prints the JSON Schema, for which it takes no file", async () => {
    expect(JSON.parse((await inFolder("check", "--schema")).out)).toMatchObject({ title: "A scenario of Lockstep" });
    expect((await inFolder("check", "--schema", "x.yaml")).error).toContain("either at files or");
    expect((await inFolder("check")).error).toContain("check takes files");
  });
});

const SCRIPT = `scenario: own driver
drivers: [./one.ts]
parameters:
  n: { default: 1, about: what a read should give, most: 3 }
setup:
  - { open: /dev/misc/one, as: d }
threads:
  reader:
    - read: d
      size: $n
      as: count
    - if: { count: 1 }
      then:
        - check: { count: 2 }
`;

describe("a script", () => {
  test("runs with a driver of its user's, and is replayed by the token of its finding", async () => {
    write("own.yaml", SCRIPT);
    const explored = await inFolder("explore", "own.yaml", "--json");
    expect(explored.error).toBe("");
    const { findings, outcome } = JSON.parse(explored.out) as {
      outcome: string;
      findings: { message: string; schedule: string }[];
    };
    expect(outcome).toBe("assertion");
    expect(findings[0]?.message).toBe('own.yaml:14: "count" is 1, not 2');
    const replayed = await inFolder("replay", findings[0]?.schedule ?? "");
    expect(replayed.out).toContain('own.yaml:14: "count" is 1, not 2');
    expect(replayed.code).toBe(1);
  });

  test("takes parameters within their bounds", async () => {
    write("own.yaml", SCRIPT);
    expect((await inFolder("run", "own.yaml", "--param", "n=3")).code).toBe(1);
    expect((await inFolder("run", "own.yaml", "--param", "n=4")).error).toContain(
      '"n" takes a whole number from 0 to 3',
    );
  });

  test("that is wrong is refused by run, explore and replay with all that is wrong", async () => {
    write("bad.yaml", "scenario: bad\ncpus: 0\nrun:\n  - opne: x\n");
    for (const words of [
      ["run", "bad.yaml"],
      ["explore", "bad.yaml"],
      ["replay", "ls1:bad.yaml:1:kdebug:measured:::"],
    ]) {
      const { code, out, error } = await inFolder(...words);
      expect(error).toMatch(/^lockstep: bad\.yaml:2:7: "cpus" .*\n {2}bad\.yaml:4:5: no verb/);
      expect({ code, out }).toEqual({ code: 2, out: "" });
    }
  });

  test("shows its own lines in the columns of a finding", async () => {
    write("lines.yaml", "scenario: lines\nrun:\n  - mutex: m\n  - lock: m\n  - lock: m\n");
    const { out } = await inFolder("explore", "lines.yaml");
    expect(out).toMatch(/lock "m".*lines\.yaml:4 lock/);
    expect(out).toMatch(/lines\.yaml:5/);
  });
});
