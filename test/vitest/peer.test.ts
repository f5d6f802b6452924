// Goal: a vitest that is missing, or of another version, is said in a sentence with its cure.
import { expect, test } from "vitest";
import { InputError } from "#base/assert";
import { checkVersion, importProblem } from "#vitest/peer";

test.each(["4.1.0", "4.1.12", "4.2.0-beta.1"])("vitest %s fits", (version) => {
  expect(() => checkVersion(version)).not.toThrow();
});

test.each(["3.2.4", "4.0.9", "5.1.1"])("vitest %s is refused", (version) => {
  expect(() => checkVersion(version)).toThrow(
    `lockstep/vitest needs vitest 4.1 or a later 4.x; this project has vitest ${version}. Try: npm install --save-dev vitest@4`,
  );
});

test("a missing vitest is named; any other problem stays what it is", () => {
  const missing = Object.assign(new Error("Cannot find module 'vitest/package.json'"), { code: "MODULE_NOT_FOUND" });
  expect(importProblem(missing)).toBeInstanceOf(InputError);
  expect(String(importProblem(missing))).toContain("vitest is not installed here");
  const other = new Error("Cannot find package 'chai' imported from expect.js");
  expect(importProblem(other)).toBe(other);
});
