// Goal: a program gets a script as the scenario that the command would make of it, or one message with all that is wrong.
// Method: scripts in a folder of their own, with a driver beside them; what is loaded is explored, and compared.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compile, defineDriver, explore, InputError } from "lockstep";
import { loadScript } from "lockstep/script";
import { everySchedule } from "lockstep/vitest";
import { lockstep } from "../cli/capture.js";

const SCRIPT = `scenario: opening
drivers: [./mine.ts]
run:
  - open: /dev/misc/mine
`;
const DRIVER = `import { defineDriver } from "lockstep";
const load = () => ({ devices: ["misc/mine"], hooks: { *open() { return {}; } } });
export const mine = defineDriver({ name: "mine", load });
`;

let folder = "";
const at = (file: string): string => join(folder, file);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep load %20 "));
  writeFileSync(at("opening.yaml"), SCRIPT);
  writeFileSync(at("mine.ts"), DRIVER);
  writeFileSync(at("wrong.yaml"), "scenario: wrong\nrun:\n  - opne: /dev/null\n  - snooze: soon\n");
  writeFileSync(at("other.txt"), SCRIPT);
  mkdirSync(at("folder.yaml"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a script", () => {
  test("gives the scenario that the command explores", async () => {
    const { outcome, executions, exhausted } = explore(compile(await loadScript(at("opening.yaml"))));
    const { out } = await lockstep(["explore", "opening.yaml", "--judges", "none", "--json"], { folder });
    expect(JSON.parse(out)).toMatchObject({ outcome, executions, exhausted });
    expect(exhausted).toBe(true);
  });

  test("is named by a path or by a URL, with its driver beside it, in a folder whose name has blanks", async () => {
    for (const file of [
      at("opening.yaml"),
      pathToFileURL(at("opening.yaml")),
      pathToFileURL(at("opening.yaml")).href,
    ]) {
      const { outcome } = explore(compile(await loadScript(file)));
      expect(outcome).toBe("finished");
    }
  });

  test("takes a driver that the program has already", async () => {
    let loaded = 0;
    const mine = defineDriver({
      name: "mine",
      load: () => {
        loaded++;
        return { devices: ["misc/mine"], hooks: { *open() { return {}; } } }; // prettier-ignore
      },
    });
    const scenario = await loadScript(at("opening.yaml"), { drivers: { "./mine.ts": mine } });
    expect(explore(compile(scenario)).outcome).toBe("finished");
    expect(loaded).toBeGreaterThan(0);
  });
});

describe("what cannot be loaded is told:", () => {
  test("a script's mistakes, all of them, by line and column", async () => {
    const error: unknown = await loadScript(at("wrong.yaml")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/wrong\.yaml:3:5: [^]*"open"[^]*wrong\.yaml:4:13: [^]*"soon"/);
  });

  test.each([
    ["no file", () => at("nowhere.yaml"), /^there is no file .*nowhere\.yaml$/],
    ["a folder", () => at("folder.yaml"), /folder\.yaml is a folder; a script is one file/],
    ["another ending", () => at("other.txt"), /takes a file that ends in \.yaml or \.yml, not .*other\.txt/],
    ["a URL of another kind", () => new URL("https://example.org/a.yaml"), /takes a path or a file's URL, not https:/],
    ["no path", () => 5 as never, /takes a path or a file's URL, not 5/],
    ["an empty path", () => "", /takes a path or a file's URL, not ""/],
  ])("%s", async (_what, file, message) => {
    await expect(loadScript(file())).rejects.toThrow(message);
    await expect(loadScript(file())).rejects.toBeInstanceOf(InputError);
  });

  test("a driver that is none", async () => {
    await expect(loadScript(at("opening.yaml"), { drivers: { "./mine.ts": 5 as never } })).rejects.toThrow(
      /the driver "\.\/mine\.ts" of its options should be what defineDriver\(\) gives/,
    );
  });
});

everySchedule(
  "a script is a test's subject",
  await loadScript(new URL("../script/scenarios/ioctl-mode.yaml", import.meta.url)),
);
