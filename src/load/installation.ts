// Where this installation lies: its root, its version, and which files are its own.

import { readFileSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { assert } from "#base/assert";

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

const OWN_FOLDERS = ["dist", "src", "devfs", "drivers", "scenarios"];

const { root, manifest } = findRoot();

/** The folder of the package, whether the command runs from its sources or from what is built of them. */
export const installationRoot: string = root;

export const version: string = manifest.version ?? "unknown";

/** Whether a file (absolute) belongs to this installation, and not to its user. */
export function isOwnFile(path: string): boolean {
  return OWN_FOLDERS.some((folder) => path.startsWith(join(root, folder) + sep));
}

/** Whether a file (absolute) is the simulator's own, and none of the drivers and scenarios that ship with it. */
export function isSimulatorFile(path: string): boolean {
  return isOwnFile(path) && !/[\\/](?:drivers|scenarios)[\\/]/.test(path.slice(root.length));
}

function findRoot(): { root: string; manifest: Manifest } {
  for (const up of ["../../", "../../../"]) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    const found = readManifest(join(folder, "package.json"));
    if (found?.name === "lockstep") return { root: realpathSync(folder), manifest: found };
  }
  assert(false, "the package's own package.json lies above its code");
}

function readManifest(path: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Manifest;
  } catch {
    return null;
  }
}
