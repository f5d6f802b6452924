// Goal: a command that is ended at any moment leaves whole files: the old one, the new one or none, and nothing else but parts
// that say so by their names. Method: the built command writes a trace, a capture, a result, a search and templates, again and again,
// and is killed after a random time; then every file is read. LOCKSTEP_KILLS=n kills each n times.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { Prng } from "#base/prng";
import { build, node, type Built } from "../workers/built.js";

const KILLS = Number(process.env.LOCKSTEP_KILLS ?? 1);
/** Without it these are enough: each takes seconds. */
const QUICK = ["trace.json", "left.json", "echo.yaml"];

/** What is written, by which command, and what is so of a whole one. */
const WRITERS: readonly [file: string, words: readonly string[], isWhole: (bytes: Buffer) => boolean][] = [
  ["trace.json", ["export", "silent-close", "--format", "json", "-o", "trace.json"], isJson],
  ["packets.pcapng", ["run", "vpn-close", "--capture", "packets.pcapng"], isCapture],
  ["result.json", ["explore", "merged-close", "--max-executions", "20", "--out", "result.json"], isJson],
  [
    "left.json",
    ["explore", "tun-close-traffic", "--strategy", "sleep", "--max-executions", "30", "--checkpoint", "left.json"],
    isJson,
  ],
  ["echo.yaml", ["init", "driver", "echo"], (bytes) => parse(bytes.toString()).threads.closer.length === 1],
];

let built: Built;
beforeAll(() => {
  built = build();
}, 120_000);
afterAll(() => built.remove());

const tried = WRITERS.filter(([file]) => process.env.LOCKSTEP_KILLS !== undefined || QUICK.includes(file));

test.each(tried)("%s is whole, whenever its writer is killed", { timeout: 120_000 }, async (file, words, isWhole) => {
  const folder = join(built.folder, `killed-${file}`);
  mkdirSync(folder);
  // What it takes undisturbed, to know when a moment may come; and it does write the file.
  const began = performance.now();
  const { code, error } = await node({ ...built, folder }, [built.main, ...words]);
  expect({ code, error }).toMatchObject({ error: "" });
  const whole = performance.now() - began;
  expect(isWhole(readFileSync(join(folder, file)))).toBe(true);
  const prng = new Prng(KILLS);
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill % 2 === 0 || words[0] === "init") {
      for (const each of readdirSync(folder)) rmSync(join(folder, each));
    }
    // Most of the time is loading; what matters comes near the end.
    await killedAfter(folder, words, whole * (0.5 + (prng.next() % 600) / 1_000));
    for (const each of readdirSync(folder)) {
      if (each.endsWith(".part")) continue;
      const bytes = readFileSync(join(folder, each));
      expect(each === file ? isWhole(bytes) : bytes.length > 0).toBe(true);
    }
  }
});

function killedAfter(folder: string, words: readonly string[], milliseconds: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [built.main, ...words], { cwd: folder, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isJson(bytes: Buffer): boolean {
  return typeof JSON.parse(bytes.toString()) === "object";
}

/** Every block of a capture says its length at both ends. */
function isCapture(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.readUInt32LE(at + length - 4) !== length) return false;
    at += length;
  }
  return at === bytes.length;
}
