// Goal: a changed signature, or a new licence, shows in review. Method: the API report and the list of licences are made
// anew, from the declarations of what is built here, and compared with those that are checked in.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { build, type Built } from "../workers/built.js";

describe("the API report", () => {
  let built: Built;
  beforeAll(() => {
    built = build();
  }, 60_000);
  afterAll(() => built.remove());

  test("says what the package exports now", () => {
    const report = carriedOut(["tools/api-report.mjs", "--check", "--from", join(built.folder, "dist")]);
    expect(report.stdout).toBe("");
    expect(report.status).toBe(0);
  });

  test("has what a driver's author writes", () => {
    const text = readFileSync(join(installationRoot, "api/lockstep.md"), "utf8");
    expect(text).toContain("class Mutex extends");
    expect(text).toContain("function defineDriver");
    expect(text).not.toContain("private ");
  });
});

test("the licences of what is installed along are listed, and are among those that were read", () => {
  const { stderr, status } = carriedOut(["tools/licences.mjs", "--check"]);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
});

function carriedOut(words: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, words, { cwd: installationRoot, encoding: "utf8" });
}
