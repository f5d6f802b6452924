// What an exploration has reached, in words: kernel operations, and lines of the driver and the scenario.
//
// "None exists" is said of what was run; what was never run is listed beside it, function by function.

import { counted, cut, listed, thousands, wrap } from "#report/text";
import type { OperationCount } from "#explore/coverage";

/** One function of a source file; code outside of any has an empty name. */
export interface FunctionCoverage {
  readonly name: string;
  readonly line: number;
  readonly isReached: boolean;
  /** Lines none of whose code was run. */
  readonly missed: readonly number[];
  /** Lines part of whose code was not run, and the text from there on. */
  readonly partly: readonly { readonly line: number; readonly text: string }[];
}

/** One source file. */
export interface FileCoverage {
  readonly file: string;
  /** Lines with code, and those of them where some of it was run. */
  readonly lines: number;
  readonly reachedLines: number;
  readonly functions: readonly FunctionCoverage[];
}

export interface Coverage {
  readonly operations: readonly OperationCount[];
  readonly files: readonly FileCoverage[];
}

/** A snippet is never longer than this, in characters. */
const SNIPPET = 60;

/** Paragraphs and lists, indented by two. */
export function coverageText({ operations, files }: Coverage, width: number): string {
  return [...operationLines(operations, width), ...files.flatMap((file) => fileLines(file, width))].join("\n");
}

function operationLines(operations: readonly OperationCount[], width: number): string[] {
  const types = [...new Set(operations.map(({ objectType }) => objectType))];
  const heading = types.length === 0 ? "operations carried out: none" : "operations carried out, in all executions:";
  const lines = types.map((type) => {
    const own = operations.filter(({ objectType }) => objectType === type).map(operationText);
    return wrap(own.join(", "), width, `    ${type === "" ? "threads" : type}: `);
  });
  return [`  ${heading}`, ...lines];
}

function operationText({ operation, count, inVain }: OperationCount): string {
  return `${operation} ${thousands(count)}${inVain === 0 ? "" : ` (${thousands(inVain)} found nobody)`}`;
}

function fileLines({ file, lines, reachedLines, functions }: FileCoverage, width: number): string[] {
  const named = functions.filter(({ name }) => name !== "");
  const reached = named.filter(({ isReached }) => isReached).length;
  const all = reachedLines === lines && reached === named.length;
  const head = `  ${file}: ${all ? "all" : `${thousands(reachedLines)} of`} ${counted(lines, "line")} reached, ${all ? "all" : `${reached} of`} ${counted(named.length, "function")}`;
  const never = named.filter(({ isReached }) => !isReached).map(({ name, line }) => `${name} (${line})`);
  return [
    head,
    ...(never.length === 0 ? [] : [wrap(listed(never), width, "    never called: ")]),
    ...functions.filter(({ isReached }) => isReached).flatMap((each) => missedLines(each, width)),
  ];
}

function missedLines({ name, missed, partly }: FunctionCoverage, width: number): string[] {
  const parts = [
    ...(missed.length === 0 ? [] : [`${missed.length === 1 ? "line" : "lines"} ${ranges(missed)}`]),
    ...partly.map(({ line, text }) => `in line ${line} "${cut(text, SNIPPET)}"`),
  ];
  if (parts.length === 0) return [];
  return [wrap(listed(parts), width, `    ${name === "" ? "outside of functions" : name}, never run: `)];
}

/** `3-5, 8` */
export function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}
