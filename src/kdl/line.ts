// A line that somebody types: commands joined with ";", each with the filters that its output goes through.
//
// A word in double quotes may hold blanks and the joining characters. In it \" is a quote and \\ a backslash.

import { InputError } from "#base/assert";

/** A command or a filter: its words, the name first. */
export type Words = readonly string[];

/** One command, and what its output goes through. */
export interface Pipeline {
  readonly words: Words;
  readonly filters: readonly Words[];
}

const TOKEN = /\s*(?:(;|\|)|((?:"(?:[^"\\]|\\.)*"|[^\s;|"])+)|("))/y;

/** @throws InputError for a quote without its end, and for a filter with nothing to filter */
export function parseLine(line: string): Pipeline[] {
  const pipelines: Pipeline[] = [];
  let parts: string[][] = [[]];
  const end = (): void => {
    const [words = [], ...filters] = parts;
    const isEmpty = words.length === 0 && filters.length === 0;
    if (!isEmpty && (words.length === 0 || filters.some((filter) => filter.length === 0))) {
      throw new InputError(`there is a "|" with nothing on one side of it: ${line.trim()}`);
    }
    if (!isEmpty) pipelines.push({ words, filters });
    parts = [[]];
  };
  for (const { separator, word } of tokens(line)) {
    if (separator === ";") end();
    else if (separator === "|") parts.push([]);
    else parts.at(-1)?.push(word);
  }
  end();
  return pipelines;
}

function* tokens(line: string): Generator<{ separator: string; word: string }> {
  TOKEN.lastIndex = 0;
  for (;;) {
    const match = TOKEN.exec(line);
    if (match === null) return;
    const [, separator = "", word = "", quote] = match;
    if (quote !== undefined) throw new InputError(`a quote has no end: ${line.trim()}`);
    const at = TOKEN.lastIndex;
    yield { separator, word: unquoted(word) };
    TOKEN.lastIndex = at;
  }
}

function unquoted(word: string): string {
  return word.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, "$1"));
}

/** A name as a word of a line: quoted where it must be. */
export function quoteWord(name: string): string {
  return /^[^\s;|"]+$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}
