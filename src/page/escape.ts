// Foreign text inside a page: names, packets and messages come from the scenario, and may hold anything.

import { unturned, visible } from "#base/visible";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** As the text of an element, or inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** What ends an element or a line of a script, and what turns the direction of writing, which is shown as an escape. */
const SPECIAL = /[<>&\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** As JSON inside a script element: nothing in it ends the element, or begins a comment. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replace(SPECIAL, (character) => {
    const escape = `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return unturned(character) === character ? escape : `\\${escape}`;
  });
}
