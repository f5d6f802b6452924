// A document read as a user would follow it: its samples are written into a folder, its commands are carried out, in
// the order in which they stand.
//
// What counts:
//   - a ts block whose first line is `// NAME.ts` is that file;
//   - one that begins `// NAME.ts, with the HOOK hook corrected` replaces that hook in the file;
//   - a console block that begins with the command line of a clone is a command and what it prints.

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { performance } from "node:perf_hooks";
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
    if (language === "ts") {
      const file = writeSample(body ?? "", folder);
      if (file !== null && !files.includes(file)) files.push(file);
    }
    const command = language === "console" ? commandOf(body ?? "") : null;
    text += command === null ? part : `\`\`\`console\n${await carriedOut(command, body ?? "", folder)}`;
  }
  return { text, files };
}

/** The names of the documents that users follow, from the project's folder. */
export const DOCUMENTS: readonly string[] = ["README.md", "docs/writing-a-driver.md", "docs/errors.md"];

/** A name for a document's folder: its own, without the ending. */
export function folderNameOf(document: string): string {
  return basename(document, ".md");
}

function writeSample(body: string, folder: string): string | null {
  const [, file, hook] = /^\/\/ ([\w.-]+\.ts)(?:, with the (\w+) hook corrected)?\n/.exec(body) ?? [];
  if (file === undefined) return null;
  const path = join(folder, file);
  if (hook === undefined) writeFileSync(path, body);
  else {
    const old = new RegExp(`^ {4}\\*${hook}\\([\\s\\S]*?^ {4}\\},\\n`, "m");
    const source = readFileSync(path, "utf8");
    if (!old.test(source)) throw new Error(`${file} has no hook ${hook} to correct`);
    writeFileSync(path, source.replace(old, () => body.slice(body.indexOf("\n") + 1)));
  }
  return file;
}

function commandOf(body: string): string | null {
  const line = body.split("\n", 1)[0] ?? "";
  return line.startsWith(`$ ${PROGRAM} `) ? line.slice(2) : null;
}

async function carriedOut(command: string, old: string, folder: string): Promise<string> {
  const { out, error } = await lockstep(command.slice(PROGRAM.length + 1).split(" "), {
    folder,
    program: PROGRAM,
    now: () => performance.now(),
  });
  const oldLines = old.split("\n");
  const lines = [`$ ${command}`, ...`${error}${out}`.trimEnd().split("\n")].map((line) => line.trimEnd());
  return lines.map((line, place) => withOldTimes(line, oldLines[place] ?? "")).join("\n") + "\n";
}

// How long something took is never the same twice: the document's own figures stay as long as nothing else changes.
function withOldTimes(line: string, old: string): string {
  const timeless = (text: string): string => text.replace(/in (under 1 ms|[\d.]+ m?s): [\d,]+ a second/, "");
  return timeless(line) === timeless(old) ? old : line;
}
