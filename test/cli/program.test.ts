// Goal: the built program is a program: its output, exit codes and behaviour in a pipe. Method: it is spawned, where it
// has been built.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";

const main = join(installationRoot, "dist", "src", "cli", "main.js");

function spawn(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, ...words], { encoding: "utf8", env: { ...process.env, FORCE_COLOR: "" } });
}

describe.skipIf(!existsSync(main))("the built program", () => {
  test("prints one object for a run, on standard output alone", () => {
    const { status, stdout, stderr } = spawn("run", "silent-close", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ scenario: "silent-close", outcome: "deadlock", expected: true });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("prints a mistake on standard error alone, and exits with 2", () => {
    const { status, stdout, stderr } = spawn("run", "silent-clsoe", "--json");
    expect(stderr).toContain('did you mean "silent-close"?');
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("has no colours in a pipe, and lines of the sources in its findings", () => {
    const { stdout } = spawn("explore", "silent-close");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toMatch(/drivers\/tun\/history\/silent-close\.ts:\d+/);
  });
});
