// Measuring: samples in processes of their own, medians, and how a row is written.

import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const SAMPLE = fileURLToPath(new URL("sample.mjs", import.meta.url));
const COMMAND = fileURLToPath(new URL("../dist/src/cli/main.js", import.meta.url));
const OUTPUT_MOST = 1 << 28;

/** Takes samples of a kind that bench/sample.mjs knows, each in a new process. */
export function samples(count, wanted) {
  return samplesOf(SAMPLE, count, wanted);
}

/** The same with another program that takes one. */
export function samplesOf(program, count, wanted) {
  return Array.from({ length: count }, () => JSON.parse(run(["--expose-gc", program, JSON.stringify(wanted)]).stdout));
}

/** Runs `lockstep` with these arguments; milliseconds from the start of the process to its end. */
export function command(...words) {
  return run([COMMAND, ...words]);
}

/** Milliseconds of real time to start Node, do nothing, and end. */
export function nothing() {
  return run(["-e", "0"]).milliseconds;
}

function run(words) {
  const { milliseconds, status, stdout, stderr } = timed(process.execPath, words);
  // 1: an outcome that the scenario does not expect, which is no business of ours.
  if (status === 0 || status === 1) return { milliseconds, stdout };
  throw new Error(`${words.join(" ")} ended with ${status}:\n${stderr}`);
}

/** Runs any program to its end. */
export function timed(program, words, options = {}) {
  const before = performance.now();
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    maxBuffer: OUTPUT_MOST,
    ...options,
  });
  return { milliseconds: performance.now() - before, status, stdout, stderr };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * One line of the report.
 * @param values one of each sample
 * @param write how one value is written
 * @param bar `{ least }` or `{ below }`; none for a line that only informs
 */
export function row(what, values, write, bar = {}) {
  const value = median(values);
  const { least = -Infinity, below = Infinity } = bar;
  const holds = value >= least && value < below;
  const range = values.length < 2 ? "" : `${write(Math.min(...values))} to ${write(Math.max(...values))}`;
  const wanted = least > -Infinity ? `at least ${write(least)}` : below < Infinity ? `below ${write(below)}` : "";
  const verdict = wanted === "" ? "" : holds ? "holds" : "MISSED";
  console.log(
    `  ${what.padEnd(44)}${write(value).padStart(11)}  ${range.padEnd(22)}  ${wanted.padEnd(18)}  ${verdict}`.trimEnd(),
  );
}

/** A line about something that has no noise: it is so, or it is not. */
export function exact(what, holds, text) {
  if (!holds) process.exitCode = 1;
  console.log(`  ${what.padEnd(44)}${text}  ${holds ? "exact" : "WRONG"}`);
}

export function heading(text, ...notes) {
  console.log(`\n${text}`);
  for (const note of notes) console.log(`  ${note}`);
}

export const perSecond = (value) => `${thousands(value)}/s`;
export const thousands = (value) => Math.round(value).toLocaleString("en-US");
export const milliseconds = (value) => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);
export const seconds = (value) => `${value.toFixed(2)} s`;
export const times = (value) => `${value.toFixed(2)} x`;
export const megabytes = (value) => `${(value / 1e6).toFixed(1)} MB`;
