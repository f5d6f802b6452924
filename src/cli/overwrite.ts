// What a command may write over: what such a command has written, and nothing else. Asked before the work begins, so that nobody waits for
// a refusal.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { InputError } from "#base/assert";
import type { OptionText } from "#cli/command";
import { isSet, type RawOptions } from "#cli/options";
import type { Terminal } from "#cli/terminal";

export const FORCE_OPTION: OptionText = {
  usage: "--force",
  about: "write over a file that was not written by this command",
};

/** How the files begin that a command writes, as far as each is one's own work. */
export interface OwnFiles {
  /** "a page of lockstep report" */
  readonly what: string;
  readonly begins: RegExp;
}

const BEGIN_BYTES = 400;

/**
 * Whether a file may be written. An empty one holds nothing, and a device or a pipe is nobody's work.
 * @throws InputError when somebody else's file stands there, unless --force is given
 */
export function checkOverwrites(file: string, own: OwnFiles, options: RawOptions, { folder }: Terminal): void {
  if (isSet(options, "force")) return;
  const path = resolve(folder, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size === 0 || own.begins.test(beginOf(path))) return;
  throw new InputError(`${file} is there already, and is not ${own.what}: --force writes over it`);
}

// Bytes as characters of the same numbers. What cannot be read is nothing that we know.
function beginOf(path: string): string {
  try {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(BEGIN_BYTES);
      return bytes.toString("latin1", 0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    return "";
  }
}
