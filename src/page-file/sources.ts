// The files that a trace names, for a page to show beside it: the installation's own, and the user's.

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourceFile } from "#page/data";

/** Larger files, and more text altogether than this, are left out: a page is to be sent around. */
const FILE_MOST = 400_000;
const ALL_MOST = 4_000_000;
/** Modules that are followed from the scenario's file at most. */
const MODULES_MOST = 300;

/** The package's folder, as seen from what was built, and from the sources. */
const ROOTS = ["../../../", "../../"].map((up) => fileURLToPath(new URL(up, import.meta.url)));

/**
 * The files by the names that stacks give them.
 * @param names as in frames: from the project's folder on, or the tail of a user's path
 * @param entry the user's own file, from which his others are imported, absolute; null for none
 */
export function sourcesOf(names: Iterable<string>, entry: string | null): SourceFile[] {
  const own = entry !== null && existsSync(entry) ? modulesFrom(entry) : [];
  const files: SourceFile[] = [];
  let room = ALL_MOST;
  for (const name of new Set(names)) {
    const text = textOf(name, own);
    if (text === null || text.length > Math.min(room, FILE_MOST)) continue;
    room -= text.length;
    files.push({ name, text });
  }
  return files;
}

// A user's file is one that the scenario's leads to, and no other: a page never shows what was not run.
function textOf(name: string, own: readonly string[]): string | null {
  const path = own.find((each) => each === name || each.endsWith(`/${name}`)) ?? ownFile(name);
  return path === null ? null : readFileSync(path, "utf8");
}

// What was built is shown as it was written.
function ownFile(name: string): string | null {
  if (!/^(src|devfs|drivers|scenarios)\//.test(name)) return null;
  const files = [name.replace(/\.js$/, ".ts"), name];
  const paths = ROOTS.flatMap((root) => files.map((file) => join(root, file)));
  return paths.find((path) => existsSync(path)) ?? null;
}

// The scenario's file and the modules that it imports by a relative path, and those that they import.
function modulesFrom(file: string): string[] {
  const modules = [realpathSync(file).replaceAll("\\", "/")];
  for (let place = 0; place < modules.length && modules.length < MODULES_MOST; place++) {
    const path = modules[place] ?? "";
    for (const [, name = ""] of readFileSync(path, "utf8").matchAll(/from\s+["'](\.{1,2}\/[^"']+)["']/g)) {
      const module = moduleAt(resolve(dirname(path), name));
      if (module !== null && !modules.includes(module)) modules.push(module);
    }
  }
  return modules;
}

function moduleAt(path: string): string | null {
  const plain = path.replace(/\.([cm]?)js$/, ".$1ts");
  const found = [plain, path, `${path}.ts`, `${path}/index.ts`].find(
    (each) => /\.[cm]?[jt]s$/.test(each) && existsSync(each),
  );
  return found === undefined ? null : realpathSync(found).replaceAll("\\", "/");
}
