// Goal: foreign text is shown as it is, and does nothing to what stands around it.
import { expect, test } from "vitest";
import { unturned, visible, visibleLine } from "#base/visible";

const HOSTILE = "\u001b]0;title\u0007 \u001b[2J \u202eabc\u2066 \u009b1m a\tb\nc\r";

test("control characters and turns are written as JSON would write them", () => {
  expect(visible(HOSTILE)).toBe("\\u001b]0;title\\u0007 \\u001b[2J \\u202eabc\\u2066 \\u009b1m a\tb\nc\\u000d");
  expect(visibleLine("a\tb\nc\u2028d")).toBe("a\\u0009b\\u000ac\\u2028d");
});

test("what is plain stays, in every language", () => {
  for (const text of ["tap/0 reader", "\u05e7\u05d5\u05e8\u05d0", "\u8bfb\u8005", "\u{1f600} d\u00e9j\u00e0"]) {
    expect(visibleLine(text)).toBe(text);
  }
});

test("JSON stays the same value", () => {
  const value = { name: "\u202e\u2067 \u200f x \u001b" };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
  expect(JSON.parse(unturned(JSON.stringify(value)))).toEqual(value);
});
