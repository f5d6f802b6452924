// Lockstep built from the sources as they are now, in a folder of its own: worker threads run what is built, and a test of
// what was built some time ago would test something else.

import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installationRoot } from "#cli/installation";

export interface Built {
  readonly folder: string;
  /** The built command. */
  readonly main: string;
  remove(): void;
}

export function build(): Built {
  const folder = mkdtempSync(join(tmpdir(), "lockstep-built-"));
  for (const file of ["package.json", "tsconfig.json", "tsconfig.build.json"]) {
    copyFileSync(join(installationRoot, file), join(folder, file));
  }
  symlinkSync(join(installationRoot, "node_modules"), join(folder, "node_modules"));
  const compiler = join(installationRoot, "node_modules/typescript/lib/tsc.js");
  const project = join(installationRoot, "tsconfig.build.json");
  // What does not compile is another test's finding; what is built of it is run here.
  spawnSync(process.execPath, [compiler, "-p", project, "--outDir", join(folder, "dist")], { encoding: "utf8" });
  return {
    folder,
    main: join(folder, "dist/src/cli/main.js"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs Node in that folder. */
export function node(built: Built, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: built.folder, env: { ...process.env, FORCE_COLOR: "" } });
    let out = "";
    let error = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (error += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, error }));
  });
}
