// Goal: run, explore and replay look alike, tell at once who waits for whom, and show as much as the terminal can and the reader wants.
// Method: fixtures through the command line, with terminals of different abilities.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import picocolors from "picocolors";
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep } from "./capture.js";

const stuck = "fixtures/stuck-and-polling.ts";
const locks = "fixtures/two-locks.ts";

async function scheduleOf(file: string): Promise<string> {
  const { findings } = JSON.parse((await lockstep(["explore", file, "--json"])).out) as Result;
  return findings[0]?.schedule ?? "";
}

describe("two threads that wait for each other while a third runs on", () => {
  test.each(["run", "explore"])("are a deadlock to %s", async (command) => {
    const { out } = await lockstep([command, stuck]);
    expect(out).toContain("FAIL deadlock");
    expect(out).toMatch(/"receiver" and "sender" wait for each other for ever: "receiver" -> mutex "card" -> "sender"/);
    expect(out).toMatch(
      /The cycle closed when "\w+" arrived there, after step \d+; others have taken [\d,]+ steps since/,
    );
  });

  test("are one to replay", async () => {
    const { code, out } = await lockstep(["replay", await scheduleOf(stuck)]);
    expect(code).toBe(1);
    expect(out).toContain(`${stuck}: deadlock`);
  });
});

describe("who waits for whom", () => {
  test("stands in a table above the explanation, with the places below the names", async () => {
    const { out } = await lockstep(["explore", locks], { width: 80 });
    expect(out).toMatch(/ {2}thread +waits for +who has it\n/);
    expect(out).toMatch(/ {2}\w+ +mutex "\w+" +"\w+", since step \d+\n +two-locks\.ts:\d+.* two-locks\.ts:\d+/);
    expect(out.split("\n").filter((line) => line.length > 80 && !line.startsWith("replay:"))).toEqual([]);
  });
});

describe("colours and links", () => {
  test("are there where the terminal shows them, around the same text", async () => {
    const plain = await lockstep(["explore", locks]);
    const rich = await lockstep(["explore", locks], { colors: picocolors.createColors(true), showsLinks: true });
    const file = pathToFileURL(resolve(import.meta.dirname, locks)).href;
    expect(rich.out).toContain(`\u001b]8;;${file}#`);
    // The marks of a terminal are control characters.
    // oxlint-disable-next-line no-control-regex
    const unmarked = rich.out.replaceAll(/\u001b\[\d+m|\u001b\]8;;[^\u001b]*\u001b\\/g, "");
    const withoutTime = (text: string): string => text.replace(/steps in .*/, "");
    expect(withoutTime(unmarked)).toBe(withoutTime(plain.out));
  });

  test("are not there where it does not", async () => {
    expect((await lockstep(["explore", locks])).out).not.toContain("\u001b");
  });
});

describe("--verbose", () => {
  test("shows the whole interleaving of a finding, the set-up included", async () => {
    const brief = (await lockstep(["explore", locks])).out;
    const { out } = await lockstep(["explore", locks, "--verbose"]);
    expect(brief).toMatch(/events of the set-up left out/);
    expect(out).not.toMatch(/left out|\d+ times/);
    expect(out.length).toBeGreaterThan(brief.length);
  });

  test("shows that of a run or a replay that ends well, too", async () => {
    const brief = (await lockstep(["run", "fixtures/racy.ts"])).out;
    const { out } = await lockstep(["run", "fixtures/racy.ts", "--verbose"]);
    expect(brief).not.toMatch(/^ step /m);
    expect(out).toMatch(/^ step .* where$/m);
    expect(out).toContain("count = 2");
  });
});
