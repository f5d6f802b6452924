// Runs the examples as a user would: each is copied into a fresh folder, the packed Lockstep is installed there with what else
// the example asks for, and its own `npm test` has to pass.
//
//   node tools/examples.mjs [--tarball FILE] [NAME...]   without a tarball, what is built is packed first

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const EXAMPLES = fileURLToPath(new URL("../examples", import.meta.url));
const words = process.argv.slice(2);
const place = words.indexOf("--tarball");
const given = place === -1 ? undefined : words.splice(place, 2)[1];

const folder = mkdtempSync(join(tmpdir(), "lockstep-examples-"));
const tarball = given === undefined ? packed() : resolve(given);
const names = readdirSync(EXAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (words.length === 0 || words.includes(entry.name)))
  .map((entry) => entry.name)
  .sort();
if (names.length === 0) throw new Error(`there is no example called ${words.join(", ")}`);
const failed = names.filter((name) => !passes(name));
rmSync(folder, { recursive: true });
console.log(failed.length === 0 ? `all ${names.length} examples pass` : `these fail: ${failed.join(", ")}`);
if (failed.length > 0) process.exitCode = 1;

function passes(name) {
  const own = join(folder, name);
  cpSync(join(EXAMPLES, name), own, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  manifest.dependencies.lockstep = `file:${tarball}`;
  writeFileSync(join(own, "package.json"), JSON.stringify(manifest, null, 2));
  const before = performance.now();
  const installed = npm(["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], own);
  const tested = installed.status === 0 ? npm(["test"], own) : installed;
  const seconds = ((performance.now() - before) / 1000).toFixed(1);
  console.log(`${tested.status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (tested.status !== 0) console.log(`${tested.stdout}${tested.stderr}`);
  return tested.status === 0;
}

function packed() {
  const root = join(EXAMPLES, "..");
  const { stdout, stderr, status } = npm(["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root);
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  return join(folder, stdout.trim().split("\n").at(-1));
}

function npm(command, cwd) {
  return spawnSync("npm", command, { cwd, encoding: "utf8" });
}
