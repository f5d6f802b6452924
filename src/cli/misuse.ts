// Where in a user's code the library was misused: `file:line:column: sentence`, as of a file that cannot be read.

import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { UsageError } from "#base/assert";
import { isSimulatorFile } from "#load/installation";

const FRAME = /^\s+at (?:.* \()?((?:file:\/\/)?[^()]+?):(\d+):(\d+)\)?$/;
/** What a sentence ends with that says itself where: an operation that nobody awaited is noticed at another place. */
const PLACE = /, at (\S+):(\d+)$/;

/** The sentence of what was thrown, with its place in front, where that is known. @param folder paths are shown from there */
export function misuseWords({ message, stack = "" }: UsageError, folder: string): string {
  const [end = "", told, line = ""] = PLACE.exec(message) ?? [];
  if (told !== undefined) {
    const column = firstColumn(resolve(folder, told), Number(line));
    return `${told}:${line}:${column}: ${message.slice(0, -end.length)}`;
  }
  for (const text of stack.split("\n")) {
    const [, source = "", row, column] = FRAME.exec(text) ?? [];
    const file = source.startsWith("file://") ? fileURLToPath(source) : source;
    if (!/\.\w+$/.test(file) || file.startsWith("node:") || isSimulatorFile(file)) continue;
    // A place in a trace is as it is shown, and has no column.
    if (!isAbsolute(file)) return `${file}:${row}:${firstColumn(resolve(folder, file), Number(row))}: ${message}`;
    return `${(relative(folder, file) || file).replaceAll("\\", "/")}:${row}:${column}: ${message}`;
  }
  return message;
}

// Where the code of a line begins, counted from 1.
function firstColumn(path: string, row: number): number {
  if (!existsSync(path)) return 1;
  const text = readFileSync(path, "utf8").split("\n")[row - 1] ?? "";
  return Math.max(1, text.search(/\S/) + 1);
}
