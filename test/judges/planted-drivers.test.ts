// Goal: a fault in a driver is named by the judge whose matter it is, with the lines where it lies, and its corrected twin passes.
// Method: drivers with one fault each, explored and sampled as `lockstep explore` does, with every judge.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile, type Scenario } from "lockstep";
import { explore } from "#explore/explorer";
import { watch } from "#explore/watch";
import { JUDGES } from "#judges/all";
import { examine } from "#judges/examine";
import type { Verdict } from "#judges/judge";
import { besides, judgeSample } from "#judges/sample";
import { simulationOf } from "#scenario/compile";
import { isLongRun } from "../long-run.js";
import { PLANTED } from "./planted/all.js";

interface Told {
  /** Outcomes that were met, of the search and of the judges. */
  readonly outcomes: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly isExhausted: boolean;
}

function judge(tested: Scenario): Told {
  const program = compile(tested);
  const simulation = simulationOf(tested);
  const search = explore(program, { maxExecutions: 500, simulation });
  const verdicts = new Map<string, Verdict>();
  const note = (verdict: Verdict): void => void verdicts.set(`${verdict.judge} ${verdict.subject}`, verdict);
  for (const { choices, marks } of search.findings)
    for (const verdict of examine(watch(program, { time: "adversarial", choices, marks, simulation }), JUDGES))
      note(verdict);
  const noticed = besides(judgeSample(program, JUDGES, simulation), search, [...verdicts.values()]);
  for (const { verdict } of noticed) note(verdict);
  return {
    outcomes: [
      ...search.findings.map(({ outcome }) => outcome.message),
      ...noticed.map(({ outcome }) => outcome.message),
    ],
    verdicts: [...verdicts.values()],
    isExhausted: search.exhausted,
  };
}

const FILES: Readonly<Record<string, string>> = { "self-lock-release": "self-lock" };

/** The lines of a planted driver's file that its verdict must name. */
function namedLines(name: string): string[] {
  const file = `test/judges/planted/${FILES[name] ?? name}.ts`;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, place) => (line.endsWith("// named") ? [`${file}:${place + 1}`] : []));
}

/** All of them in the longer run, and every second one in the regular run. */
const CASES = Object.entries(PLANTED).filter((_, place) => isLongRun || place % 2 === 0);

describe("a planted fault is named, with its lines", () => {
  test.each(CASES)("%s", (name, { judge: accuser, beside = [], make }) => {
    const { verdicts } = judge(make(false));
    const texts = verdicts
      .filter((verdict) => verdict.judge === accuser)
      .map(({ message, evidence }) => [message, ...evidence].join("\n"));
    expect([...new Set(verdicts.map((verdict) => verdict.judge))].sort()).toEqual([accuser, ...beside].sort());
    const missing = namedLines(name).filter((line) => !texts.some((text) => text.includes(line)));
    expect(missing).toEqual([]);
  });
});

describe("its corrected twin passes, on every schedule", () => {
  test.each(CASES)("%s", (_name, { make }) => {
    expect(judge(make(true))).toEqual({ outcomes: [], verdicts: [], isExhausted: true });
  });
});
