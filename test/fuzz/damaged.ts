// Scripts with random damage: pieces cut out, doubled, moved, or something else put in.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";

const folder = join(import.meta.dirname, "../script/scenarios");

/** The valid scripts that there are. */
export const SCRIPTS: readonly { readonly file: string; readonly text: string }[] = readdirSync(folder)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

const PUT = [
  "",
  "\n",
  "  ",
  ": ",
  "- ",
  "&a ",
  "*a ",
  "{",
  "]",
  '"',
  "0x",
  "!!js/function ",
  "<<: ",
  "|",
  "#",
  "\0",
  "$",
  "é",
];

const place = fc.double({ min: 0, max: 1, noNaN: true });
const edit = fc.record({ at: place, length: fc.nat(40), to: place, put: fc.constantFrom(...PUT) });

export const damaged: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...SCRIPTS), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([script, edits]) =>
    edits.reduce((text, { at, length, to, put }) => {
      const from = Math.floor(at * text.length);
      const piece = text.slice(from, from + length);
      const rest = text.slice(0, from) + text.slice(from + length);
      const there = Math.floor(to * rest.length);
      return rest.slice(0, there) + put + (length % 2 === 0 ? piece : "") + rest.slice(there);
    }, script.text),
  );
