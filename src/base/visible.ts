// Foreign text where it is shown: names, messages and packets come from users' code, and may hold characters that nobody sees
// and that change what stands around them.
//
// Such a character is written as JSON would write it, \u202e, so that a text that is JSON stays the same value.

/** What turns the direction of writing, and of what stands behind it. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What is no character, but for line feeds and tabs. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const BREAKING = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Any of these. Nearly no text has one, and all of a trace is looked at. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const ODD = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** With what turns the direction made visible. */
export function unturned(text: string): string {
  return ODD.test(text) ? text.replace(TURNING, written) : text;
}

/** With all control characters made visible, but for line feeds and tabs. */
export function visible(text: string): string {
  return ODD.test(text) ? unturned(text.replace(CONTROL, written)) : text;
}

/** On one line, with all control characters made visible. */
export function visibleLine(text: string): string {
  return ODD.test(text) ? unturned(text.replace(BREAKING, written)) : text;
}

function written(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
