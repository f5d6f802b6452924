// Packs what is built, as it would be published, and has publint and attw look at it.
//
//   node tools/check-package.mjs [TARBALL]   a tarball that is packed already saves the packing
//
// attw's profile is esm-only: there is no CommonJS. `lockstep/drivers/*` is a pattern, which attw does not look into; the
// examples import from it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "lockstep-package-"));
const tarball = process.argv[2] ?? packed();
const failed = [
  ["publint", tarball, "--strict"],
  ["attw", tarball, "--profile", "esm-only", "--format", "table-flipped", "--no-emoji"],
].filter((words) => run("npx", ["--no-install", ...words], "inherit").status !== 0);
rmSync(folder, { recursive: true });
if (failed.length > 0) process.exitCode = 1;

function packed() {
  const { stdout, status } = run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], "pipe");
  if (status !== 0) throw new Error("npm pack failed");
  return join(folder, stdout.trim().split("\n").at(-1));
}

function run(program, words, out) {
  return spawnSync(program, words, { encoding: "utf8", stdio: ["ignore", out, "inherit"] });
}
