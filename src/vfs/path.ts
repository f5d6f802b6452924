// Paths: how a string becomes the names that lead from the root directory to a node.
//
// There are no links, and every team's current directory is the root, so ".." takes the last name away. A name
// before "..", "." or a final slash must be a directory.

import { B_ENTRY_NOT_FOUND, B_NAME_TOO_LONG, B_NOT_A_DIRECTORY, type Status } from "#base/status";

/** Bytes of a name and of a path at most, without the final zero. */
const NAME_LENGTH_MOST = 255;
const PATH_LENGTH_MOST = 1023;

/** What a lookup on the way says: a mode for a node that is there, or a status. */
type Look = (names: readonly string[]) => "directory" | "other" | Status;

/** The names in `path`, without "." and ".."; a negative status when it leads nowhere. */
export function resolvePath(path: string, look: Look): readonly string[] | Status {
  if (path === "") return B_ENTRY_NOT_FOUND;
  if (path.length > PATH_LENGTH_MOST) return B_NAME_TOO_LONG;
  const names: string[] = [];
  const parts = path.split("/");
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? "";
    if (part.length > NAME_LENGTH_MOST) return B_NAME_TOO_LONG;
    const isFinalSlash = part === "" && i === parts.length - 1;
    if (part === "" && !isFinalSlash) continue;
    if (part !== "" && part !== "." && part !== "..") {
      names.push(part);
      continue;
    }
    if (names.length === 0) continue;
    const found = look(names);
    if (typeof found === "number") return found;
    if (found !== "directory") return B_NOT_A_DIRECTORY;
    if (part === "..") names.pop();
  }
  return names;
}
