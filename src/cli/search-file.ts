// A search in a file: one that was stopped, to go on with; or one machine's part, to be joined with the others.
//
// Invariant: what is in it is what was written, to the last character: a digest in the file says so, and whoever reads it may rely
// on its fields.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InputError } from "#base/assert";
import { codeFingerprint, userFingerprint } from "#cli/code-fingerprint";
import type { Found } from "#cli/find-scenario";
import { version } from "#load/installation";
import type { RawOptions } from "#cli/options";
import { isShipped } from "#cli/shipped";
import { readWhole } from "#load/whole-file";
import type { Bound } from "#explore/explorer";
import type { Shard } from "#explore/partition/shard";
import type { SavedSearch } from "#workers/on-cores";

/** The form of file that this version writes and reads. */
const FORMAT = "lockstep-search";
const FORMAT_VERSION = 2;

export interface SearchFile {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Lockstep's version, and what its code and the scenario's come to. */
  readonly lockstep: string;
  readonly code: string;
  /** A shipped name, or a file's path from the folder in which the command was started. */
  readonly scenario: string;
  /** The options that say what is searched and how; not those of where and how long. */
  readonly options: RawOptions;
  readonly shard: Shard | null;
  /** For a part of a search that draws lots: executions of the parts before it. */
  readonly first: number;
  readonly marks: readonly number[];
  /** What ended it; null when nothing was left. */
  readonly bound: Bound | null;
  readonly saved: SavedSearch;
  /** Of all the above. */
  readonly digest: string;
}

/** Options that say nothing about what is searched: a file does not keep them. */
const OF_THE_MOMENT = [
  "workers",
  "checkpoint",
  "resume",
  "out",
  "json",
  "verbose",
  "marks",
  "shard",
  "coverage",
  "maxStepSeconds",
  "--",
];

/** What of the options a file keeps. */
export function keptOptions(options: RawOptions): RawOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OF_THE_MOMENT.includes(name)));
}

/** @param user the fingerprint of the user's code, from before the search: it may have been edited since */
export function searchFile(
  found: Found,
  facts: Pick<SearchFile, "options" | "shard" | "first" | "marks" | "bound" | "saved">,
  user: string,
): SearchFile {
  const code = codeFingerprint(user);
  const file = {
    format: FORMAT,
    version: FORMAT_VERSION,
    lockstep: version,
    code,
    scenario: found.name,
    ...facts,
  } as const;
  return sealed(file);
}

/**
 * The search in a file, or in a result that holds one.
 * @throws InputError when it is none that this version, with this code, can go on with
 */
export function readSearchFile(word: string, folder: string): SearchFile {
  const path = resolve(folder, word);
  const shown = relative(folder, path) || word;
  const file = searchIn(parse(path, shown), shown);
  if (typeof file.version !== "number") throw new InputError(`${shown} is damaged: it says no version`);
  if (file.version !== FORMAT_VERSION) {
    throw new InputError(
      `${shown} is a search file of version ${file.version}; this Lockstep reads version ${FORMAT_VERSION}`,
    );
  }
  if (typeof file.lockstep === "string" && file.lockstep !== version) {
    throw new InputError(
      `${shown} was written by Lockstep ${file.lockstep}, this is ${version}: only the same version can go on with it`,
    );
  }
  const { digest, ...rest } = file;
  if (digest !== digestOf(rest)) throw new InputError(`${shown} is damaged: it is not what was written`);
  if (file.code !== codeFingerprint(userCode(file.scenario, folder))) {
    throw new InputError(
      `${shown}: the scenario ${file.scenario}, what it imports, or Lockstep's own code is not what it was when this was written. ` +
        "The file is left as it is: bring that code back, or explore again from the beginning",
    );
  }
  return file;
}

/** The fingerprint of a scenario's own code, as it is now. */
export function userCode(scenario: string, folder: string): string {
  return userFingerprint(isShipped(scenario) ? null : existing(resolve(folder, scenario), scenario));
}

function existing(path: string, shown: string): string {
  try {
    readFileSync(path);
    return path;
  } catch {
    throw new InputError(`there is no file ${shown}, the scenario of this search; its path is from the current folder`);
  }
}

/** A search with the digest of what is in it. */
export function sealed(file: Omit<SearchFile, "digest">): SearchFile {
  const { digest: _, ...rest } = { digest: "", ...file };
  return { ...rest, digest: digestOf(rest) };
}

// As it will be once it was written and read: what JSON leaves out is left out here.
function digestOf(file: Omit<SearchFile, "digest">): string {
  return createHash("sha256").update(JSON.stringify(file)).digest("hex");
}

function parse(path: string, shown: string): unknown {
  const text = readWhole(path, shown);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError(`${shown} is no search file: it is no JSON`);
  }
}

function searchIn(value: unknown, shown: string): SearchFile {
  const holder = value as { readonly format?: unknown; readonly search?: unknown } | null;
  const inner = holder?.format === FORMAT ? holder : (holder?.search as typeof holder | undefined);
  if (inner?.format === FORMAT) return inner as SearchFile;
  throw new InputError(
    `${shown} is no search file: one is written by "lockstep explore" with --checkpoint, or with --shard and --out or --json`,
  );
}
