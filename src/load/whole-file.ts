// Reading and writing files for a command: what cannot be done ends in one sentence.
//
// Invariant: a file that is written is the old one or the new one, and never half of it, whatever ends the process meanwhile: it
// is written beside its place and then renamed. What is no regular file (a device, a pipe) is written as it is.

import { linkSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { InputError } from "#base/assert";

/** Bytes of a file of ours that is read at all: a text can hold no more. */
const READ_MOST = 400_000_000;

/** Writes a file whole. @throws InputError when it cannot be written; then nothing is */
export function writeWhole(path: string, content: string | Uint8Array, shown: string = path): void {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new InputError(`${shown} cannot be written: it is a folder`);
    if (found !== undefined && !found.isFile()) return void writeFileSync(path, content);
    // A link stays one, and leads to the new file.
    const target = found === undefined ? path : realpathSync(path);
    beside(target, content, found?.mode, (part) => renameSync(part, target));
  } catch (error) {
    throw unwritten(error, shown);
  }
}

/** Writes a file whole, where none is yet. @throws InputError when there is one, or it cannot be written; then nothing is */
export function writeNew(path: string, content: string, shown: string): void {
  try {
    beside(path, content, undefined, (part) => {
      linkSync(part, path);
      rmSync(part);
    });
  } catch (error) {
    throw unwritten(error, shown);
  }
}

/** The text of a file. @throws InputError when there is none, or it cannot be read */
export function readWhole(path: string, shown: string): string {
  const size = sizeOf(path, shown, "the command takes");
  if (size > READ_MOST) throw new InputError(`${shown} has ${size} bytes; no file of Lockstep's is as long`);
  return attempt(() => readFileSync(path, "utf8"), shown);
}

/**
 * Bytes of a file.
 * @param wanted what wants one: "a scenario is" one file
 * @throws InputError when it is none, or cannot be looked at
 */
export function sizeOf(path: string, shown: string, wanted: string): number {
  const found = attempt(() => statSync(path, { throwIfNoEntry: false }), shown);
  if (found === undefined) throw new InputError(`there is no file ${shown}`);
  if (found.isDirectory()) throw new InputError(`${shown} is a folder; ${wanted} one file`);
  if (!found.isFile()) throw new InputError(`${shown} is no regular file; ${wanted} one`);
  return found.size;
}

function beside(
  path: string,
  content: string | Uint8Array,
  mode: number | undefined,
  settle: (part: string) => void,
): void {
  // Two processes may write the same file: each has a part of its own. Nothing that is simulated sees the name.
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, content, mode === undefined ? {} : { mode });
    settle(part);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function attempt<T>(act: () => T, shown: string): T {
  try {
    return act();
  } catch (error) {
    throw new InputError(`${shown} cannot be read: ${reasonOf(error)}`);
  }
}

function unwritten(error: unknown, shown: string): InputError {
  return error instanceof InputError ? error : new InputError(`${shown} cannot be written: ${reasonOf(error)}`);
}

// In the words of the system, without its paths: the file is named already.
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+ '.*$/s, "");
}
