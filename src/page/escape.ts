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

/** As JSON inside a script element: nothing in it ends the element, or begins a comment. */
export function jsonForScript(value: unknown): string {
  const text = JSON.stringify(value, (_, each: unknown) => (typeof each === "string" ? unturned(each) : each));
  return text.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
