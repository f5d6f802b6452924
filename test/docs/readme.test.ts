// Goal: what the documents say is true: their samples compile, do what the text claims, and print what is printed there.
// Method: each document is followed from its first line to its last in a folder of its own (test/docs/document.ts).
// After a change of what is printed, `npx vitest run test/docs -u` writes the new output into the documents.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createJiti } from "jiti";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#cli/installation";
import { ownModules } from "#cli/own-modules";
import { absenceOf, failureOfSome } from "#vitest/check";
import { lockstep } from "../cli/capture.js";
import { DOCUMENTS, folderNameOf, follow, type Followed } from "./document.js";

const folder = mkdtempSync(join(tmpdir(), "lockstep-docs-"));
const folderOf = (document: string): string => join(folder, folderNameOf(document));
const followed = new Map<string, Followed>();

beforeAll(async () => {
  for (const document of DOCUMENTS) {
    mkdirSync(folderOf(document));
    followed.set(document, await follow(join(installationRoot, document), folderOf(document)));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(DOCUMENTS)("%s", (document) => {
  const scenariosIn = (): string[] =>
    (followed.get(document)?.files ?? []).filter((file) => !file.endsWith(".test.ts") && isScenario(document, file));

  test("shows what its commands print", async () => {
    await expect(followed.get(document)?.text).toMatchFileSnapshot(join(installationRoot, document));
  });

  test("has scenarios that end as they expect, run and explored to the end", async () => {
    for (const file of scenariosIn()) {
      const [ran, explored] = [await resultOf("run", file, document), await resultOf("explore", file, document)];
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

interface Shown {
  readonly outcome: string;
  readonly expected: boolean | null;
  readonly exhausted: boolean;
}

async function resultOf(command: string, file: string, document: string): Promise<Shown> {
  const { out, error } = await lockstep([command, file, "--json"], { folder: folderOf(document) });
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
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    moduleCache: false,
    virtualModules: {
      ...(await ownModules()),
      "lockstep/vitest": helpers,
      vitest: { describe: (_name: string, body: () => void) => body() },
    },
  });
  await jiti.import(path);
  return results;
}

type Absence = Parameters<typeof absenceOf>;
type FindsWithin = [subject: Absence[3], outcome: Absence[0], options?: Absence[4]];
