// Goal: a reduction loses no trace. Method: random programs of every kind; the set of traces that depth-first search sees
// is the truth. Of executions that a panic or an assertion cut short only the failures are compared: where they are cut
// is not canonical (facts: explorer.md, C.4).

import { describe, expect, test } from "vitest";
import { Prng } from "#base/prng";
import { execute } from "#explore/execution";
import { makeStrategy } from "#explore/make-strategy";
import type { StrategyName } from "#explore/strategy";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { FAMILIES, randomProgram, runnable, type OpName, type RandomProgram } from "./random-programs.js";
import { TraceWatcher } from "./trace-watcher.js";

const PROGRAMS = 4 * Number(process.env.LOCKSTEP_FUZZ ?? 1);
const SEED = Number(process.env.LOCKSTEP_FUZZ_SEED ?? 1);
const EXECUTIONS_MOST = 1_500;

/** How often each trace was seen, and each failure; null when the program is too large, or never ends. */
function tracesOf(
  program: RandomProgram,
  name: StrategyName,
  marks: ReadonlySet<number> = new Set(),
): Map<string, number> | null {
  const strategy = makeStrategy({ strategy: name });
  const watcher = new TraceWatcher(strategy);
  const traces = new Map<string, number>();
  for (let count = 0; strategy.begin(); count++) {
    if (count > EXECUTIONS_MOST) return null;
    const simulation = { ...DEFAULT_OPTIONS, maxSteps: 400, marks };
    const ended = execute(runnable(program), watcher, { time: "adversarial", simulation });
    const trace = watcher.take();
    const { newMarks, wasCut, failed } = ended.simulation;
    if (newMarks !== null) return tracesOf(program, name, new Set([...marks, ...newMarks]));
    if (wasCut) continue;
    if (ended.outcome.kind === "out-of-steps") return null;
    const key = failed ? ended.outcome.message : trace;
    traces.set(key, (traces.get(key) ?? 0) + 1);
  }
  return traces;
}

/** Compares the strategy with depth-first search on some programs; gives how many were small enough. */
function compare(names: readonly OpName[], strategy: "sleep" | "dpor"): number {
  const prng = new Prng(SEED);
  let compared = 0;
  for (let i = 0; i < PROGRAMS; i++) {
    const program = randomProgram(prng, names);
    const all = tracesOf(program, "dfs");
    const reduced = all === null ? null : tracesOf(program, strategy);
    if (all === null || reduced === null) continue;
    compared++;
    expect([...reduced.keys()].sort(), JSON.stringify(program)).toEqual([...all.keys()].sort());
  }
  return compared;
}

// A value chosen in a step that touches nothing else makes executions that differ in nothing shared.
const families = Object.entries(FAMILIES).filter(([name]) => name !== "chosen values");

describe.each(["sleep", "dpor"] as const)("%s sees the traces that depth-first search sees", (strategy) => {
  test.each(families)("%s", (_name, names) => {
    expect(compare(names, strategy)).toBeGreaterThan(0);
  });
});
