// From what the engine counted, by offsets in the code that it ran, to lines of the source that was written.
//
// Only the beginnings of words that the source map leads to the source are looked at: brackets, and what a compiler has
// added, say nothing. A line is missed when none of its words was run, and partly missed when some were not.

import { SourceMap, type SourceMapPayload } from "node:module";
import type { FunctionCoverage } from "#report/coverage";

/** One function as V8 counts it: ranges of offsets, the whole function first, inner ones later. */
export interface CountedFunction {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
}

/** One script that was run. */
export interface CountedScript {
  /** The code that was run. */
  readonly code: string;
  /** What was counted, at several times one after the other: run is what was run at any of them. */
  readonly counts: readonly (readonly CountedFunction[])[];
  /** Null when what was run is what was written. */
  readonly map: SourceMapPayload | null;
}

/** The beginning of a word, where it was written, and whether it was run. */
interface Word {
  readonly line: number;
  readonly column: number;
  readonly isRun: boolean;
  readonly owner: Owner;
}

export interface SourceLines {
  readonly lines: number;
  readonly reachedLines: number;
  readonly functions: readonly FunctionCoverage[];
}

/** A function of the code, whenever it was counted. */
interface Owner {
  readonly name: string;
  isReached: boolean;
}

/** @param written the lines of the source, for snippets */
export function sourceLines(script: CountedScript, written: readonly string[]): SourceLines {
  const words = wordsOf(script);
  const owners = [...new Set(words.map(({ owner }) => owner))];
  const functions = owners
    .map((owner) =>
      functionCoverage(
        owner,
        words.filter((word) => word.owner === owner),
        written,
      ),
    )
    .sort((a, b) => a.line - b.line);
  const all = new Set(words.map(({ line }) => line));
  const reached = new Set(words.filter(({ isRun }) => isRun).map(({ line }) => line));
  return { lines: all.size, reachedLines: reached.size, functions };
}

function functionCoverage(
  { name, isReached }: Owner,
  words: readonly Word[],
  written: readonly string[],
): FunctionCoverage {
  const lines = [...new Set(words.map(({ line }) => line))].sort((a, b) => a - b);
  const missed: number[] = [];
  const partly: { line: number; text: string }[] = [];
  for (const line of lines) {
    const own = words.filter((word) => word.line === line);
    const notRun = own.filter(({ isRun }) => !isRun).map(({ column }) => column);
    if (notRun.length === own.length) missed.push(line);
    else if (notRun.length > 0)
      partly.push({ line, text: (written[line - 1] ?? "").slice(Math.min(...notRun)).trim() });
  }
  return { name, line: lines[0] ?? 0, isReached, missed, partly };
}

function wordsOf({ code, counts, map }: CountedScript): Word[] {
  const isRun = new Uint8Array(code.length);
  const module: Owner = { name: "", isReached: true };
  const owners = Array.from({ length: code.length }, () => module);
  const known = new Map<string, Owner>();
  for (const functions of counts) {
    const times = new Int32Array(code.length);
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) times.fill(count, startOffset, endOffset);
      const [whole] = ranges;
      if (whole === undefined || isModule(functionName, whole, code)) continue;
      const key = `${whole.startOffset} ${whole.endOffset}`;
      const owner = known.get(key) ?? { name: nameOf(functionName), isReached: false };
      if (whole.count > 0) owner.isReached = true;
      if (!known.has(key)) owners.fill(owner, whole.startOffset, whole.endOffset);
      known.set(key, owner);
    }
    times.forEach((count, at) => count > 0 && (isRun[at] = 1));
  }
  return wordsAt(code, map, (at) => ({ isRun: isRun[at] === 1, owner: owners[at] ?? module }));
}

function wordsAt(
  code: string,
  map: SourceMapPayload | null,
  at: (offset: number) => Pick<Word, "isRun" | "owner">,
): Word[] {
  const sourceMap = map === null ? null : new SourceMap(map);
  const words = new Map<string, Word>();
  let offset = 0;
  code.split("\n").forEach((text, row) => {
    for (const { index } of text.matchAll(/[\w$#"'`]+/g)) {
      const origin = originOf(sourceMap, row, index);
      if (origin === null) continue;
      const word = { ...origin, ...at(offset + index) };
      // What is written once may be run at several places of the code.
      const key = `${word.line}:${word.column}`;
      if (words.get(key)?.isRun !== true) words.set(key, word);
    }
    offset += text.length + 1;
  });
  return [...words.values()];
}

// The module itself, and the function that a loader has put around it.
function isModule(name: string, whole: { startOffset: number; endOffset: number }, code: string): boolean {
  return name === "" && whole.startOffset <= 1 && whole.endOffset >= code.length / 2;
}

// What initialises the fields of a class is a function for the engine.
function nameOf(functionName: string): string {
  if (functionName === "") return "(anonymous)";
  return functionName.startsWith("<") ? "(fields)" : functionName;
}

function originOf(map: SourceMap | null, row: number, column: number): { line: number; column: number } | null {
  if (map === null) return { line: row + 1, column };
  const entry = map.findEntry(row, column);
  if (!("originalLine" in entry) || entry.generatedLine !== row || entry.generatedColumn !== column) return null;
  return { line: entry.originalLine + 1, column: entry.originalColumn };
}
