// Going on with a search from a file: its scenario and options, and what may be said anew.

import { InputError } from "#base/assert";
import { flag, single, type RawOptions } from "#cli/options";
import { keptOptions, readSearchFile, type SearchFile } from "#cli/search-file";
import type { Terminal } from "#cli/terminal";

export interface TakenUp {
  readonly words: readonly string[];
  readonly options: RawOptions;
  /** Null when nothing is gone on with. */
  readonly file: SearchFile | null;
}

/** How far it goes may be another limit each time. */
const LIMITS = ["maxSeconds", "maxExecutions"];

/** @throws InputError when the options are not those with which the search began */
export function takeUp(words: readonly string[], options: RawOptions, terminal: Terminal): TakenUp {
  const name = single(options, "resume", "the name of a file");
  if (name === undefined) {
    if (words.length > 0) return { words, options, file: null };
    throw new InputError(
      "explore takes one scenario's name or file; none was given. Usage: lockstep explore <name|file> [options]",
    );
  }
  const file = readSearchFile(name, terminal.folder);
  if (words[0] !== undefined && words[0] !== file.scenario) {
    throw new InputError(`${name} is a search of ${file.scenario}, not of ${words[0]}`);
  }
  if (options.shard !== undefined || options.marks !== undefined) {
    throw new InputError(`--resume goes on with the part that ${name} is of; --shard and --marks are not given again`);
  }
  for (const [option, value] of Object.entries(keptOptions(options))) {
    if ((LIMITS.includes(option) && file.shard === null) || same(file.options[option], value)) continue;
    throw new InputError(`${name} was begun without ${flag(option)} ${String(value)}: --resume goes on as it began`);
  }
  return { words: [file.scenario], options: { ...file.options, ...options }, file };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
