// What an installation costs: bytes on disk, packages, and the time of each import.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { heading, megabytes, milliseconds, row, thousands, timed } from "./measure.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = ["lockstep", "lockstep/explore", "lockstep/fs", "lockstep/workers", "lockstep/drivers/tun/tun"];

export function packageSize({ startCount }) {
  const { files } = read("package.json");
  const { packages } = read("package-lock.json");
  const runtime = Object.entries(packages).filter(([path, { dev, peer }]) => path !== "" && !dev && !peer);
  heading("The package", "Bytes as they lie on disk; the time that `await import(...)` takes in a process of its own.");
  row("lockstep itself", [files.map((name) => bytesOf(join(ROOT, name))).reduce(sum, 0)], megabytes);
  row("what it depends on", [runtime.map(([path]) => ownBytesOf(join(ROOT, path))).reduce(sum, 0)], megabytes);
  row("packages that it brings along", [runtime.length], thousands);
  for (const entry of ENTRIES) {
    row(
      `import ${entry}`,
      Array.from({ length: startCount }, () => importing(entry)),
      milliseconds,
    );
  }
}

function read(name) {
  return JSON.parse(readFileSync(join(ROOT, name), "utf8"));
}

function importing(entry) {
  const code = `const from = performance.now(); await import(${JSON.stringify(entry)}); console.log(performance.now() - from);`;
  const { status, stdout, stderr } = timed(process.execPath, ["--input-type=module", "-e", code], { cwd: ROOT });
  if (status !== 0) throw new Error(`import ${entry} failed:\n${stderr}`);
  return Number(stdout);
}

function bytesOf(path) {
  const found = statSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path)
    .map((name) => bytesOf(join(path, name)))
    .reduce(sum, 0);
}

// Packages inside a package are counted by themselves.
function ownBytesOf(path) {
  return readdirSync(path)
    .filter((name) => name !== "node_modules")
    .map((name) => bytesOf(join(path, name)))
    .reduce(sum, 0);
}

function sum(one, other) {
  return one + other;
}
