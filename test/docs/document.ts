// A document read as a user would follow it: its samples are written into a folder, its commands are carried out, in
// the order in which they stand.
//
// What counts:
//   - a ts or js block whose first line is `// NAME.ts` (or .mjs) is that file;
//   - one that begins `// NAME.ts, with the HOOK hook corrected` replaces that hook in the file;
//   - a console block that begins with the command line of a clone, or with `node NAME.mjs`, is a command and what it
//     prints.

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
import { format } from "node:util";
import { createJiti } from "jiti";
import { ownModules } from "#cli/own-modules";
import { lockstep } from "../cli/capture.js";

/** How the command is started in a clone; what the documents show. */
const PROGRAM = "node dist/src/cli/main.js";

export interface Followed {
  /** The document, with what its commands print now in place of what it says they print. */
  readonly text: string;
  /** The sample files that it holds, in order. */
  readonly files: readonly string[];
}

/** Does all that the document at `path` says, in `folder`. */
export async function follow(path: string, folder: string): Promise<Followed> {
  const files: string[] = [];
  let text = "";
  for (const part of readFileSync(path, "utf8").split(/^(?=```)/m)) {
    const [, language, body] = /^```(\w+)\n([\s\S]*)$/.exec(part) ?? [];
    if (language === "ts" || language === "js") {
      const file = writeSample(body ?? "", folder);
      if (file !== null && !files.includes(file)) files.push(file);
    }
    const command = language === "console" ? commandOf(body ?? "") : null;
    text += command === null ? part : `\`\`\`console\n${await carriedOut(command, body ?? "", folder)}`;
  }
  return { text, files };
}

/** Carries out a module as a user's, which meets this very Lockstep, and `others` by their names. */
export async function importModule(path: string, others: Readonly<Record<string, unknown>>): Promise<void> {
  const virtualModules = { ...(await ownModules()), "lockstep/fs": await import("lockstep/fs"), ...others };
  await createJiti(import.meta.url, { fsCache: false, moduleCache: false, virtualModules }).import(path);
}

/** The names of the documents that users follow, from the project's folder. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "docs/writing-a-driver.md",
  "docs/errors.md",
  "docs/many-machines.md",
];

/** A name for a document's folder: its own, without the ending. */
export function folderNameOf(document: string): string {
  return basename(document, ".md");
}

function writeSample(body: string, folder: string): string | null {
  const [, file, hook] = /^\/\/ ([\w.-]+\.(?:ts|mjs))(?:, with the (\w+) hook corrected)?\n/.exec(body) ?? [];
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

function commandOf(body: string): string | null {
  const line = body.split("\n", 1)[0] ?? "";
  return line.startsWith(`$ ${PROGRAM} `) || /^\$ node [\w-]+\.mjs$/.test(line) ? line.slice(2) : null;
}

async function carriedOut(command: string, old: string, folder: string): Promise<string> {
  const printed = command.startsWith(PROGRAM) ? await outputOf(command, folder) : await printedBy(command, folder);
  const oldLines = old.split("\n");
  const lines = [`$ ${command}`, ...printed.trimEnd().split("\n")].map((line) => line.trimEnd());
  return lines.map((line, place) => withOldTimes(line, oldLines[place] ?? "")).join("\n") + "\n";
}

async function outputOf(command: string, folder: string): Promise<string> {
  const { out, error } = await lockstep(command.slice(PROGRAM.length + 1).split(" "), {
    folder,
    program: PROGRAM,
    now: () => performance.now(),
  });
  return `${error}${out}`;
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
