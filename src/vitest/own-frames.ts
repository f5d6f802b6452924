// What the user did wrong is said at the user's line: our own frames are left out of its stack.

import { fileURLToPath } from "node:url";
import { InputError, UsageError } from "#base/assert";
import { stuckError } from "#vitest/check";

/** The folder that holds src/, in the sources or in what is built of them. */
const BUILT = fileURLToPath(new URL("../", import.meta.url)).replaceAll("\\", "/");
/** Both: the same file may be told by its source map. */
const OWN = [BUILT, BUILT.replace(/\/dist\/src\/$/, "/src/")];

/** What `work` gives; a mistake of the user's in it is thrown at the user's line. */
export function atUsersLine<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asUsers(error);
  }
}

/**
 * An error as the user is to see it; a bug of ours keeps its stack.
 * @param place an error whose stack leads to the user's line, where the error's own does not
 */
export function asUsers(thrown: unknown, place?: Error): unknown {
  const error = stuckError(thrown);
  if (!(error instanceof InputError) && !(error instanceof UsageError)) return error;
  const own = usersFrames(error);
  const isUsers = own.some((line) => !/node_modules|node:/.test(line));
  const frames = isUsers || place === undefined ? own : usersFrames(place);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}

function usersFrames({ stack = "" }: Error): string[] {
  const isOwn = (line: string): boolean => OWN.some((folder) => line.replaceAll("\\", "/").includes(folder));
  return stack.split("\n").filter((line) => /^\s+at /.test(line) && !isOwn(line));
}
