// Lockstep built from the sources as they are now, outside of dist/: worker threads run what is built, and a test of
// what was built some time ago would test something else.

import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { installationRoot } from "#load/installation";
// What the run provides is declared there.
import "./shared-folder.js";

/** Beside what is built, as in this project. */
const COPIED = ["package.json", "tsconfig.json", "tsconfig.build.json"];

export interface Built {
  readonly folder: string;
  /** The built command. */
  readonly main: string;
  remove(): void;
}

/** A project with what is built; whoever asks first in a run of the tests builds it, and the others wait for that. */
export function build(): Built {
  const shared = inject("sharedFolder");
  if (isFirst(join(shared, "begun"))) compile(shared);
  else waitFor(join(shared, "done"));
  const folder = mkdtempSync(join(tmpdir(), "lockstep-built-"));
  for (const file of [...COPIED, "dist", "node_modules"]) symlinkSync(join(shared, file), join(folder, file));
  return {
    folder,
    main: join(folder, "dist/src/cli/main.js"),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Installs what is built in a project that has no `node_modules` yet, beside all that this project depends on. */
export function install(project: string): void {
  const built = build();
  const installed = join(project, "node_modules/lockstep");
  mkdirSync(installed, { recursive: true });
  for (const each of readdirSync(join(installationRoot, "node_modules"))) {
    if (!each.startsWith("."))
      symlinkSync(join(installationRoot, "node_modules", each), join(project, "node_modules", each));
  }
  copyFileSync(join(built.folder, "package.json"), join(installed, "package.json"));
  cpSync(realpathSync(join(built.folder, "dist")), join(installed, "dist"), { recursive: true });
  built.remove();
}

function isFirst(mark: string): boolean {
  try {
    mkdirSync(mark);
    return true;
  } catch {
    return false;
  }
}

function compile(folder: string): void {
  for (const file of COPIED) copyFileSync(join(installationRoot, file), join(folder, file));
  for (const name of ["node_modules", "templates"]) symlinkSync(join(installationRoot, name), join(folder, name));
  const compiler = join(installationRoot, "node_modules/typescript/lib/tsc.js");
  // What does not compile is another test's finding; what is built of it is run here.
  for (const project of ["tsconfig.build.json", "tsconfig.page.json"]) {
    const words = ["-p", join(installationRoot, project), "--outDir", join(folder, "dist")];
    spawnSync(process.execPath, [compiler, ...words], { encoding: "utf8" });
  }
  spawnSync(process.execPath, [join(installationRoot, "tools/bundle.mjs"), "--dist", join(folder, "dist")]);
  mkdirSync(join(folder, "done"));
}

function waitFor(mark: string): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; !existsSync(mark); waited += 50) {
    if (waited > 60_000) throw new Error("another test began to build Lockstep, and has not ended");
    Atomics.wait(sleeper, 0, 0, 50);
  }
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
