// Goal: what the documents say is true: their samples compile, do what the text claims, and print what is printed there.
// Method: each document is followed from its first line to its last in a folder of its own (test/docs/document.ts).
// After a change of what is printed, `npx vitest run test/docs -u` writes the new output into the documents.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#cli/installation";
import { absenceOf, failureOfSome } from "#vitest/check";
import { lockstep } from "../cli/capture.js";
import { DOCUMENTS, folderNameOf, follow, importModule, type Followed } from "./document.js";

const folder = mkdtempSync(join(tmpdir(), "lockstep-docs-"));
const folderOf = (document: string): string => join(folder, folderNameOf(document));
const followed = new Map<string, Followed>();

beforeAll(async () => {
  for (const document of DOCUMENTS) {
    mkdirSync(folderOf(document));
    followed.set(document, await follow(join(installationRoot, document), folderOf(document)));
  }
}, 60_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(DOCUMENTS)("%s", (document) => {
  const scenariosIn = (): string[] =>
    (followed.get(document)?.files ?? []).filter((file) => isScenario(document, file));

  test("shows what its commands print", async () => {
    await expect(followed.get(document)?.text).toMatchFileSnapshot(join(installationRoot, document));
  });

  test("has scenarios that end as they expect, run and explored to the end", async () => {
    for (const file of scenariosIn()) {
      const ran = await resultOf(document, "run", file);
      // Partial-order reduction is as complete as sleep sets, and quicker.
      const explored = await resultOf(document, "explore", file, "--strategy", "dpor");
      expect({ file, ...ran }).not.toHaveProperty("expected", false);
      expect({ file, ...explored }).not.toHaveProperty("expected", false);
      expect({ file, ...explored }).toHaveProperty("exhausted", true);
      if (ran.expected === null) expect({ file, ...explored }).toHaveProperty("outcome", "finished");
    }
  });

  test("has vitest samples that pass", async () => {
    for (const file of (followed.get(document)?.files ?? []).filter((each) => each.endsWith(".test.ts"))) {
      const results = await runTests(join(folderOf(document), file));
      expect(results.length).toBeGreaterThan(0);
      expect(results.filter((result) => result !== null)).toEqual([]);
    }
  });
});

test("the samples compile", () => {
  symlinkSync(join(installationRoot, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  const sources = { lockstep: "src/index.ts", "lockstep/vitest": "src/vitest/index.ts", "lockstep/*": "*.ts" };
  const paths = Object.entries(sources).map(([name, source]) => [name, [join(installationRoot, source)]]);
  const config = {
    extends: join(installationRoot, "tsconfig.json"),
    compilerOptions: { paths: Object.fromEntries(paths), typeRoots: [join(folder, "node_modules/@types")] },
    include: ["*/*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(installationRoot, "node_modules/typescript/lib/tsc.js");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", "."], { cwd: folder, encoding: "utf8" });
  // What is wrong elsewhere in the project is not the samples' fault.
  expect(stdout.split("\n").filter((line) => /^[\w-]+\/[\w.-]+\.ts\(/.test(line))).toEqual([]);
});

// Goal: the README compares what this explorer really needs. Method: the figures in its table are looked up there.
test("the comparison has our own figures", async () => {
  const { out } = await lockstep(["explore", "dining.ts", "--json"], { folder: folderOf("README.md") });
  const { executions, firstFailure } = JSON.parse(out) as { executions: number; firstFailure: number };
  const figures = `| Lockstep | 70 | number ${firstFailure}; complete after ${executions} |`;
  expect(readFileSync(join(installationRoot, "README.md"), "utf8")).toContain(figures);
});

// Goal: no message is documented that does not exist. Method: its literal parts are looked for in the sources.
test("the messages of docs/errors.md are in the sources", () => {
  const sources = ["src", "devfs", "drivers"].flatMap((name) =>
    readdirSync(join(installationRoot, name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(installationRoot, name, file), "utf8")),
  );
  const text = sources.join("\n").replaceAll("\\`", "`");
  const rows = readFileSync(join(installationRoot, "docs/errors.md"), "utf8").match(/^\| `.*$/gm) ?? [];
  const messages = rows.flatMap((row) => row.split(" | ")[0]?.match(/`[^`]+`/g) ?? []);
  const parts = messages.flatMap((message) => message.slice(1, -1).split("…"));
  const literal = parts.map((part) => part.replace(/^[\s":;,]+|[\s":;,]+$/g, "")).filter((part) => part.length > 6);
  expect(literal.length).toBeGreaterThan(60);
  expect(literal.filter((part) => !text.includes(part))).toEqual([]);
});

interface Shown {
  readonly outcome: string;
  readonly expected: boolean | null;
  readonly exhausted: boolean;
}

async function resultOf(document: string, ...words: string[]): Promise<Shown> {
  const { out, error } = await lockstep([...words, "--json"], { folder: folderOf(document) });
  expect(error).toBe("");
  return JSON.parse(out) as Shown;
}

function isScenario(document: string, file: string): boolean {
  return readFileSync(join(folderOf(document), file), "utf8").includes("export default scenario(");
}

// What the tests of a file say: null for each that passes. They are carried out here, without vitest.
async function runTests(path: string): Promise<(string | null)[]> {
  const results: (string | null)[] = [];
  const helpers = {
    everySchedule: (...[name, subject, options = {}]: Parameters<typeof failureOfSome>) =>
      results.push(failureOfSome(name, subject, options)),
    findsWithin: (most: number, name: string, ...[subject, outcome, options = {}]: FindsWithin) =>
      results.push(absenceOf(outcome, most, name, subject, options)),
  };
  await importModule(path, {
    "lockstep/vitest": helpers,
    vitest: { describe: (_name: string, body: () => void) => body() },
  });
  return results;
}

type Absence = Parameters<typeof absenceOf>;
type FindsWithin = [subject: Absence[3], outcome: Absence[0], options?: Absence[4]];
