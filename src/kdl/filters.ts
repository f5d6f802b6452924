// What a command's output can be piped through: grep, head, tail and wc, as Haiku's debugger has them.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Words } from "#kdl/line";

/** A filter: how it is written, what it does, and the doing. */
export interface Filter {
  readonly name: string;
  readonly usage: string;
  readonly about: string;
  apply(lines: readonly string[], words: Words): readonly string[];
}

const LINES = 10;

export const FILTERS: readonly Filter[] = [
  {
    name: "grep",
    usage: "[-i] [-v] text",
    about: "the lines with this text in them (-i: in any case; -v: the others)",
    apply: grep,
  },
  {
    name: "head",
    usage: "[count]",
    about: `the first lines (${LINES})`,
    apply: (lines, words) => lines.slice(0, countOf("head", words)),
  },
  {
    name: "tail",
    usage: "[count]",
    about: `the last lines (${LINES})`,
    apply: (lines, words) => lines.slice(Math.max(0, lines.length - countOf("tail", words))),
  },
  {
    name: "wc",
    usage: "",
    about: "how many lines, words and characters there are",
    apply: count,
  },
];

/** The output after this filter. @throws InputError when there is no such filter, or its words are wrong */
export function filtered(output: string, [name = "", ...words]: Words): string {
  const filter = FILTERS.find((each) => each.name === name);
  if (filter === undefined) {
    const names = FILTERS.map((each) => each.name);
    throw new InputError(
      `there is no filter "${name}"${suggestion(name, names) || ";"} the filters are ${names.join(", ")}`,
    );
  }
  return filter.apply(output === "" ? [] : output.split("\n"), words).join("\n");
}

function grep(lines: readonly string[], words: Words): readonly string[] {
  const flags = words.filter((word) => /^-[iv]+$/.test(word)).join("");
  const [text, ...more] = words.filter((word) => !/^-[iv]+$/.test(word));
  if (text === undefined || more.length > 0) {
    throw new InputError('grep takes one text, in quotes if it has blanks: threads | grep "tap0 reader"');
  }
  const plain = (line: string): string => (flags.includes("i") ? line.toLowerCase() : line);
  return lines.filter((line) => plain(line).includes(plain(text)) !== flags.includes("v"));
}

function countOf(filter: string, words: Words): number {
  const [word] = words;
  if (word === undefined) return LINES;
  const number = Number(word.replace(/^-(n)?/, ""));
  if (words.length > 1 || !Number.isInteger(number) || number < 0) {
    throw new InputError(`${filter} takes a number of lines, not "${words.join(" ")}"`);
  }
  return number;
}

function count(lines: readonly string[], words: Words): readonly string[] {
  if (words.length > 0) throw new InputError(`wc takes no words, not "${words.join(" ")}"`);
  const all = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  const parts = all.split(/\s+/).filter((part) => part !== "");
  return [`lines:      ${lines.length}`, `words:      ${parts.length}`, `characters: ${all.length}`];
}
