// Goal: what `lockstep init` writes works as it is. Method: it is written into a folder of its own, looked at, explored, and its suites are run by
// vitest, on a Lockstep that is built from the present sources.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { build, node, type Built } from "../workers/built.js";
import { lockstep, type Captured } from "./capture.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-init-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inFolder = (...words: string[]): Promise<Captured> => lockstep(words, { folder });

describe("init", () => {
  test("writes a driver, a scenario and a suite, and says what to run next", async () => {
    const { code, out, error } = await inFolder("init", "driver", "my-echo");
    expect({ code, error }).toEqual({ code: 0, error: "" });
    expect(out).toMatch(/^wrote my-echo\.ts .*\nwrote my-echo\.yaml .*\nwrote my-echo\.test\.ts /);
    expect(out).toContain("  lockstep explore my-echo.yaml ");
    expect(readFileSync(join(folder, "my-echo.ts"), "utf8")).toContain("export const myEcho = defineDriver({");
    for (const file of ["my-echo.ts", "my-echo.yaml", "my-echo.test.ts"])
      expect(readFileSync(join(folder, file), "utf8")).not.toMatch(/NAME|camelName|PascalName/);
  });

  test("writes scenarios that are proved free of failures", { timeout: 60_000 }, async () => {
    await inFolder("init", "scenario", "close-it");
    for (const file of ["my-echo.yaml", "close-it.yaml"]) {
      expect((await inFolder("check", file)).code).toBe(0);
      const { code, out } = await inFolder("explore", file, "--json");
      expect(JSON.parse(out)).toMatchObject({ outcome: "finished", exhausted: true, expected: true });
      expect(code).toBe(0);
    }
  });

  test("overwrites nothing, and then writes nothing at all", async () => {
    writeFileSync(join(folder, "there.yaml"), "mine");
    const { code, error } = await inFolder("init", "driver", "there");
    expect(error).toBe("lockstep: there.yaml is there already, and is not overwritten; nothing was written\n");
    expect(code).toBe(2);
    expect(existsSync(join(folder, "there.ts"))).toBe(false);
    expect(readFileSync(join(folder, "there.yaml"), "utf8")).toBe("mine");
  });

  test.each([
    [["sceanrio", "a"], /init takes one of driver, scenario, suite, not "sceanrio"; did you mean "scenario"\?/],
    [["driver", "../a"], /a name is made of small letters and digits/],
    [["driver", "A"], /a name is made of small letters/],
    [["driver"], /init takes a kind \(driver, scenario, suite\) and a name/],
  ])("refuses %j with a message", async (words, told) => {
    const { code, error } = await inFolder("init", ...words);
    expect(error).toMatch(told);
    expect(code).toBe(2);
  });
});

describe("what init writes", () => {
  let built: Built;
  beforeAll(() => {
    built = build();
    symlinkSync(join(installationRoot, "templates"), join(built.folder, "templates"));
    // A project that has Lockstep and vitest as dependencies.
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(built.folder, join(folder, "node_modules/lockstep"));
    symlinkSync(join(installationRoot, "node_modules/vitest"), join(folder, "node_modules/vitest"));
    writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  }, 120_000);
  afterAll(() => built.remove());

  test("passes as a suite of vitest, with the package as it is built", { timeout: 120_000 }, async () => {
    const project = { ...built, folder };
    await node(project, [built.main, "init", "driver", "fresh"]);
    await node(project, [built.main, "init", "suite", "tunnels"]);
    const vitest = join(folder, "node_modules/vitest/vitest.mjs");
    const ended = await node(project, [
      vitest,
      "run",
      "--root",
      folder,
      "fresh.test.ts",
      "tunnels.test.ts",
      "--no-color",
    ]);
    expect(`${ended.out}${ended.error}`).toMatch(/Tests +4 passed/);
    expect(ended.code).toBe(0);
  });
});
