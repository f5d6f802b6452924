// Goal: names from users' code do nothing to the terminal that they are shown on. Method: what a process would write, and a
// scenario whose names are commands to terminals, on one that shows colours and links.
import { expect, test } from "vitest";
import { harmless } from "#cli/terminal";
import { lockstep } from "./capture.js";

test("our own colours, links and line of progress pass", () => {
  const own = "\u001b[31mred\u001b[39m \u001b]8;;file:///a.ts#3\u001b\\a.ts:3\u001b]8;;\u001b\\ \r\u001b[K\n";
  expect(harmless(own)).toBe(own);
});

test("everything else is written out", () => {
  expect(harmless("\u001b]0;title\u0007\u001b[2J\u001b[10;10H\u009b2J\u202e")).toBe(
    "\\u001b]0;title\\u0007\\u001b[2J\\u001b[10;10H\\u009b2J\\u202e",
  );
});

test("a name with line feeds and escapes is one line of its table", async () => {
  const { out } = await lockstep(["explore", "fixtures/hostile-names.ts"], { width: 80 });
  const shown = harmless(out);
  expect(shown).not.toContain("\u001b");
  expect(shown).toMatch(/^ {2}evil\\u000aname/m);
  expect(shown).toContain('"evil');
});
