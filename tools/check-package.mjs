// Packs what is built, as it would be published, and has publint and attw look at it.
//
//   node tools/check-package.mjs [TARBALL]   a tarball that is packed already saves the packing
//
// attw's profile is esm-only: there is no CommonJS. `lockstep/drivers/*` is a pattern, which attw does not look into; the
// examples import from it.

import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Ways to resolve an import that a package of ES modules alone does not support. */
const LEFT_OUT = ["node10", "node16-cjs"];

const folder = mkdtempSync(join(tmpdir(), "lockstep-package-"));
const tarball = process.argv[2] ?? packed();
const isLinted = npx("inherit", "publint", tarball, "--strict").status === 0;
npx("inherit", "attw", tarball, "--profile", "esm-only", "--format", "table-flipped", "--no-emoji");
const problems = typeProblems();
for (const problem of problems) console.error(JSON.stringify(problem));
rmSync(folder, { recursive: true });
if (!isLinted || problems.length > 0) process.exitCode = 1;

// attw's exit code counts what fails inside a file for a resolution that the profile leaves out; this does not.
function typeProblems() {
  const answer = join(folder, "attw.json");
  const file = openSync(answer, "w"); // attw ends before a pipe has taken all of it
  npx(file, "attw", tarball, "--profile", "esm-only", "--format", "json");
  closeSync(file);
  const { analysis } = JSON.parse(readFileSync(answer, "utf8"));
  return analysis.problems.filter(({ resolutionKind, resolutionOption }) => {
    return !LEFT_OUT.includes(resolutionKind ?? resolutionOption);
  });
}

function npx(out, ...words) {
  return run("npx", ["--no-install", ...words], out);
}

function packed() {
  const { stdout, status } = run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], "pipe");
  if (status !== 0) throw new Error("npm pack failed");
  return join(folder, stdout.trim().split("\n").at(-1));
}

function run(program, words, out) {
  return spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["ignore", out, "inherit"],
  });
}
