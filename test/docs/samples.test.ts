// Goal: what the documents say is true: their samples compile, do what the text claims, and print what is printed there.
// Method: each document is followed from its first line to its last in a folder of its own (test/docs/document.ts).
// After a change of what is printed, `npx vitest run test/docs -u` writes the new output into the documents.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { lockstep } from "../cli/capture.js";
import { install } from "../workers/built.js";
import {
  blocksOf,
  commandOf,
  DOCUMENTS,
  folderNameOf,
  follow,
  PROGRAM,
  sampleName,
  SAMPLES,
  type Followed,
} from "./document.js";

/** Milliseconds: a document may have many commands, and a machine other things to do. */
const PATIENCE = 180_000;

const folder = mkdtempSync(join(tmpdir(), "lockstep-docs-"));
const folderOf = (document: string): string => join(folder, folderNameOf(document));
const textOf = (document: string): string => readFileSync(join(installationRoot, document), "utf8");
const followed = new Map<string, Promise<Followed>>();

beforeAll(() => {
  install(folder);
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true }));

/** Does what a document says, once. */
function following(document: string): Promise<Followed> {
  const known = followed.get(document);
  if (known !== undefined) return known;
  mkdirSync(folderOf(document));
  const made = follow(join(installationRoot, document), folderOf(document));
  followed.set(document, made);
  return made;
}

async function followAll(): Promise<void> {
  for (const document of DOCUMENTS) await following(document);
}

describe.each(DOCUMENTS)("%s", { timeout: PATIENCE }, (document) => {
  test("shows what its commands print", async () => {
    const { text } = await following(document);
    await expect(text).toMatchFileSnapshot(join(installationRoot, document));
  });

  test("has no sample and no output that is not carried out", () => {
    const blocks = blocksOf(textOf(document));
    const idle = blocks.filter(
      ({ language, body }) =>
        (language !== "yaml" && SAMPLES.includes(language) && sampleName(body) === null) ||
        (language === "console" && commandOf(body) === null),
    );
    expect(idle.map(({ line, body }) => `${document}:${line} ${body.split("\n", 1)[0] ?? ""}`)).toEqual([]);
  });

  test("names only commands and options that there are", async () => {
    const unknown: string[] = [];
    for (const { language, body, line } of blocksOf(textOf(document))) {
      if (language !== "sh") continue;
      for (const words of commandsIn(body)) {
        const missing = await unknownWords(words);
        if (missing.length > 0) unknown.push(`${document}:${line} ${missing.join(" ")}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  test("has scenarios that end as they expect, run and explored to the end", async () => {
    const { files, onlyRun } = await following(document);
    for (const file of files.filter((each) => isScenario(document, each))) {
      const ran = await resultOf(document, "run", file);
      expect({ file, ...ran }).not.toHaveProperty("expected", false);
      if (onlyRun.includes(file)) continue;
      // Partial-order reduction is as complete as sleep sets, and quicker.
      const explored = await resultOf(document, "explore", file, "--strategy", "dpor");
      expect({ file, ...explored }).not.toHaveProperty("expected", false);
      expect({ file, ...explored }).toHaveProperty("exhausted", true);
      if (ran.expected === null) expect({ file, ...explored }).toHaveProperty("outcome", "finished");
    }
  });
});

test("the samples compile", { timeout: PATIENCE }, async () => {
  await followAll();
  const sources = { lockstep: "src/index.ts", ...Object.fromEntries(subpaths()), "lockstep/drivers/*": "drivers/*.ts" };
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

// Goal: the page compares what this explorer really needs. Method: the figures in its table are looked up there.
test("the comparison has our own figures", { timeout: PATIENCE }, async () => {
  const document = "docs/explanation/comparison.md";
  await following(document);
  const { out } = await lockstep(["explore", "dining.ts", "--json"], { folder: folderOf(document) });
  const { executions, firstFailure } = JSON.parse(out) as { executions: number; firstFailure: number };
  const figures = `| Lockstep | 70 | number ${firstFailure}; complete after ${executions} |`;
  expect(textOf(document)).toContain(figures);
});

interface Shown {
  readonly outcome: string;
  readonly expected: boolean | null;
  readonly exhausted: boolean;
}

async function resultOf(document: string, ...words: string[]): Promise<Shown> {
  const { out, error } = await lockstep([...words, "--judges", "none", "--json"], { folder: folderOf(document) });
  expect(error).toBe("");
  return JSON.parse(out) as Shown;
}

function sourceOf(document: string, file: string): string {
  return readFileSync(join(folderOf(document), file), "utf8");
}

function isScenario(document: string, file: string): boolean {
  return sourceOf(document, file).includes("export default scenario(");
}

/** The command lines of `lockstep` in a block of shell. */
function commandsIn(body: string): string[][] {
  return body
    .split("\n")
    .map((line) => line.replace(/^(?:npx )?lockstep /, `${PROGRAM} `).replace(/ #.*$/, ""))
    .filter((line) => line.startsWith(`${PROGRAM} `))
    .map((line) => line.slice(PROGRAM.length + 1).split(/\s+/));
}

/** The command, and those of its options, that the command's own help does not name. */
async function unknownWords([command = "", ...rest]: string[]): Promise<string[]> {
  if (command.startsWith("-")) return [];
  const { code, out } = await lockstep([command, "--help"]);
  if (code !== 0) return [command];
  const options = rest.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0] ?? "");
  return options.filter((option) => option !== "--help" && !new RegExp(`^ .*${option}\\b`, "m").test(out));
}

/** `lockstep/NAME` and its source, for each entry point that is no pattern. */
function subpaths(): [string, string][] {
  const { exports } = JSON.parse(textOf("package.json")) as {
    exports: Record<string, Record<string, string> | string>;
  };
  return Object.entries(exports).flatMap(([path, target]): [string, string][] =>
    typeof target === "string" || path.includes("*") || path === "."
      ? []
      : [[path.replace(".", "lockstep"), (target["lockstep-source"] ?? "").replace("./", "")]],
  );
}
