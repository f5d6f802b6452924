// What is wrong with a text as YAML, in words for whoever wrote it: what scripts leave out of YAML, and characters that only
// look like others.

import type { Document } from "yaml";
import type { Place } from "#script/reader";

/** Blanks and ends of lines that are none in YAML, and characters of no width: nobody sees them. */
const UNSEEN = /[\u0085\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff]/;
/** Of that kind, or a letter of another alphabet, in a word of ASCII letters. */
const STRANGE = /[^\0-\x7e]/;

/** What the parser says, where it says it for programmers. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/^Source contains multiple documents.*/, "a script is one document, and a second one begins here"],
  [/^Unresolved tag: (.*)/, 'a script has no tags, and this is "$1"'],
  [/^Unknown directive (%\S*).*/, "a script has no directives, and this is $1"],
  [/^Unsupported YAML version .*/, "a script is YAML 1.2"],
];

/** A line of its own, as every end of a line: offsets stay what they are. */
export function withPlainEnds(text: string): string {
  return text.replace(/\r(?!\n)/g, "\n");
}

/** What the parser found wrong, as a sentence. */
export function syntaxMessage(message: string): string {
  const [first = ""] = message.split("\n", 1);
  for (const [pattern, words] of SAID) if (pattern.test(first)) return first.replace(pattern, words);
  return first;
}

/** What is wrong with the document's own version; null when nothing is. Another one would read numbers and words otherwise. */
export function versionProblem(document: Document): string | null {
  const version = document.directives?.yaml;
  if (version?.explicit !== true || version.version === "1.2") return null;
  return `a script is YAML 1.2, and this says ${version.version}: leave that line out`;
}

/** Where a character stands that nobody sees and that YAML takes for a letter, and what to say of it; null without one. */
export function unseenCharacter(text: string): (Place & { readonly message: string }) | null {
  // A mark of the byte order is allowed where it belongs.
  const at = text.slice(1).search(UNSEEN) + 1;
  if (at === 0) return null;
  const before = text.slice(0, at).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  const message = `${codeOf(text, at)} stands here: it cannot be seen, and for YAML it is no blank and no end of a line`;
  return { line: before.length, column, message };
}

/** What to add to a message about the word at this place, where a letter in it only looks like the one that is meant. */
export function lookAlike(text: string, { line, column }: Place): string {
  const written = text.split("\n")[line - 1]?.slice(column - 1) ?? "";
  const [word = ""] = /^[^\s:,[\]{}]*/.exec(written) ?? [];
  const at = word.search(STRANGE);
  if (at === -1 || UNSEEN.test(word) || !/[a-z_]/i.test(word)) return "";
  return ` ("${String.fromCodePoint(word.codePointAt(at) ?? 0)}" in it is ${codeOf(word, at)}, which only looks like another letter)`;
}

function codeOf(text: string, at: number): string {
  return `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
