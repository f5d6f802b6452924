// A document read as a user would follow it: its samples are written into a folder, its commands are carried out, in
// the order in which they stand.
//
// What counts:
//   - a ts, js or yaml block whose first line is `// NAME.ts` (or .mjs, or `# NAME.yaml`) is that file;
//   - one that begins `// NAME.ts, with the HOOK hook corrected` replaces that hook in the file;
//   - one that stands behind a line `<!-- only run: WHY -->` is a scenario that is not explored to its end;
//   - a console block that begins with the command line of a clone, or with `node NAME.mjs`, is a command and what it
//     prints. Where its last line is `...`, what follows is left out.
//
// What is meant to be read and not to be run (a signature, a picture, C) stands in a block of another language.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { format } from "node:util";
import { createJiti } from "jiti";
import { installationRoot } from "#load/installation";
import { ownModules } from "#load/own-modules";
import { lockstep } from "../cli/capture.js";

/** How the command is started in a clone; what the documents show. */
export const PROGRAM = "node dist/src/cli/main.js";

/** Languages whose blocks are files. */
export const SAMPLES: readonly string[] = ["ts", "js", "yaml"];

const HEAD = /^(?:\/\/|#) ([\w.-]+\.(?:ts|mjs|yaml))(?:, with the (\w+) hook corrected)?\n/;

export interface Followed {
  /** The document, with what its commands print now in place of what it says they print. */
  readonly text: string;
  /** The sample files that it holds, in order. */
  readonly files: readonly string[];
  /** Those which are too large to be explored to the end, and say so. */
  readonly onlyRun: readonly string[];
}

/** Does all that the document at `path` says, in `folder`. */
export async function follow(path: string, folder: string): Promise<Followed> {
  const files: string[] = [];
  const onlyRun: string[] = [];
  let text = "";
  for (const part of readFileSync(path, "utf8").split(/^(?=```)/m)) {
    const [, language = "", body] = /^```(\w+)\n([\s\S]*)$/.exec(part) ?? [];
    if (SAMPLES.includes(language)) {
      const file = writeSample(body ?? "", folder);
      if (file !== null && !files.includes(file)) files.push(file);
      if (file !== null && /<!-- only run: .+ -->\n$/.test(text)) onlyRun.push(file);
    }
    const command = language === "console" ? commandOf(body ?? "") : null;
    text += command === null ? part : `\`\`\`console\n${await carriedOut(command, body ?? "", folder)}`;
  }
  return { text, files, onlyRun };
}

/** Carries out a module as a user's, which meets this very Lockstep, and `others` by their names. */
export async function importModule(path: string, others: Readonly<Record<string, unknown>>): Promise<void> {
  const virtualModules = { ...(await ownModules()), "lockstep/fs": await import("lockstep/fs"), ...others };
  await createJiti(import.meta.url, { fsCache: false, moduleCache: false, virtualModules }).import(path);
}

/** The documents, from the project's folder: all that a user may read. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(installationRoot, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file.replaceAll("\\", "/")}`)
    .sort(),
];

/** A name for a document's folder: its path, in one word. */
export function folderNameOf(document: string): string {
  return document.replace(/\.md$/, "").replaceAll("/", "-");
}

/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly body: string;
  /** The line of its fence, from 1. */
  readonly line: number;
}

/** All fenced blocks of a document, in order. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
  for (const match of text.matchAll(fence)) {
    const [, language = "", body = ""] = match;
    blocks.push({ language, body, line: text.slice(0, match.index).split("\n").length });
  }
  return blocks;
}

/** The file that a block is, or corrects; null when it is none. */
export function sampleName(body: string): string | null {
  return HEAD.exec(body)?.[1] ?? null;
}

function writeSample(body: string, folder: string): string | null {
  const [, file, hook] = HEAD.exec(body) ?? [];
  if (file === undefined) return null;
  const path = join(folder, file);
  if (hook === undefined) writeFileSync(path, body);
  else {
    const old = new RegExp(`^ {4}\\*${hook}\\([\\s\\S]*?^ {4}\\},\\n`, "m");
    const source = readFileSync(path, "utf8");
    if (!old.test(source)) throw new Error(`${file} has no hook ${hook} to correct`);
    writeFileSync(
      path,
      source.replace(old, () => body.slice(body.indexOf("\n") + 1)),
    );
  }
  return file;
}

/** The command line and what it prints, of a console block; null when it is nothing that can be carried out here. */
export function commandOf(body: string): string | null {
  const line = body.split("\n", 1)[0] ?? "";
  return line.startsWith(`$ ${PROGRAM} `) || /^\$ node [\w-]+\.mjs$/.test(line) ? line.slice(2) : null;
}

async function carriedOut(command: string, old: string, folder: string): Promise<string> {
  const printed = command.startsWith(PROGRAM) ? await outputOf(command, folder) : await printedBy(command, folder);
  const oldLines = old.trimEnd().split("\n");
  const lines = [`$ ${command}`, ...printed.trimEnd().split("\n")].map((line) => line.trimEnd());
  if (oldLines.at(-1) === "...") lines.splice(oldLines.length - 1, Infinity, "...");
  return lines.map((line, place) => withOldTimes(line, oldLines[place] ?? "")).join("\n") + "\n";
}

async function outputOf(command: string, folder: string): Promise<string> {
  const { out, error } = await lockstep(wordsOf(command.slice(PROGRAM.length + 1)), {
    folder,
    program: PROGRAM,
    now: () => performance.now(),
  });
  return `${error}${out}`;
}

// As a shell divides them: a word in single quotes may hold blanks.
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

// `node NAME.mjs`: what the module prints by console.log.
async function printedBy(command: string, folder: string): Promise<string> {
  const { log } = console;
  let printed = "";
  console.log = (...given: unknown[]) => void (printed += `${format(...given)}\n`);
  try {
    await importModule(join(folder, command.slice("node ".length)), {});
  } finally {
    console.log = log;
  }
  return printed;
}

// How long something took is never the same twice: the document's own figures stay as long as nothing else changes.
function withOldTimes(line: string, old: string): string {
  const timeless = (text: string): string => text.replace(/in (under 1 ms|[\d.]+ m?s): [\d,]+ a second/, "");
  return timeless(line) === timeless(old) ? old : line;
}
