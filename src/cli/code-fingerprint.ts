// Which code a search was made with: a search may be gone on with, or joined with others, only if that is the same.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The code that runs: what is built, or the sources. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDERS = ["src", "devfs", "drivers", "scenarios"];
const CODE = /(?<!\.d)\.[cm]?[jt]s$/;
const ENDINGS = ["", ".ts", ".mts", ".js", ".mjs", "/index.ts", "/index.js"];
/** A driver that a script names by its file. */
const SCRIPT_DRIVER = /(?<=^|[\s[,"'-])(\.{1,2}\/[^\s#,\]"']+\.[cm]?[jt]s)\b/gm;
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+)["']/g;

/**
 * A text that changes with the user's file and all that it imports by a relative path.
 * @param file absolute; null for a scenario that ships
 */
export function userFingerprint(file: string | null): string {
  const hash = createHash("sha256");
  for (const path of file === null ? [] : withImports(file)) hash.update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

/** The same, and Lockstep's own code. */
export function codeFingerprint(user: string): string {
  ownCode ??= ownFingerprint();
  return createHash("sha256").update(ownCode).update(user).digest("hex").slice(0, 32);
}

// What runs was loaded once.
let ownCode: string | null = null;

function ownFingerprint(): string {
  const hash = createHash("sha256");
  for (const path of ownFiles()) hash.update(`${path}\0`).update(readFileSync(resolve(ROOT, path)));
  return hash.digest("hex");
}

function ownFiles(): string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(resolve(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  )
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => CODE.test(path))
    .sort();
}

// In the order in which they are met, which is that of the text.
function withImports(file: string): readonly string[] {
  const found = new Set([file]);
  for (const path of found) {
    const pattern = /\.ya?ml$/i.test(path) ? SCRIPT_DRIVER : IMPORT;
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(pattern)) {
      const imported = fileOf(resolve(dirname(path), name));
      if (imported !== null) found.add(imported);
    }
  }
  return [...found];
}

function fileOf(path: string): string | null {
  const candidates = [...ENDINGS.map((ending) => `${path}${ending}`), path.replace(/\.([cm]?)js$/, ".$1ts")];
  return candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true) ?? null;
}
