// Goal: a schedule token either replays exactly, or is refused with the first difference. Method: tokens of the scenario
// of two locks, whole, changed and cut off.
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep } from "./capture.js";

const file = "fixtures/two-locks.ts";

async function tokenOf(...words: string[]): Promise<string> {
  const { out } = await lockstep(["explore", file, ...words, "--json"]);
  return (JSON.parse(out) as Result).findings[0]?.schedule ?? "";
}

describe("a schedule", () => {
  test("replays with the settings that it was found with", async () => {
    const token = await tokenOf("--cpus", "2", "--debug", "release", "--param", "rounds=2", "--param", "label=left");
    const { code, out } = await lockstep(["replay", token]);
    expect(out).toContain("deadlock");
    expect(out).toContain('mutex "left"');
    expect(code).toBe(1);
  });

  test("of a run replays the run", async () => {
    const token = `ls1:${encodeURIComponent(file)}:1:kdebug:measured:::`;
    const { code, out } = await lockstep(["replay", token, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ strategy: "replay", outcome: "finished", expected: true, findings: [] });
  });

  const refused: [what: string, change: (token: string) => string, message: RegExp][] = [
    ["of another program", () => "hello", /not a schedule: it should begin with "ls1:", this begins with "hello"/],
    [
      "of another version",
      (token) => token.replace("ls1", "ls9"),
      /a schedule of version 9; this Lockstep reads version 1/,
    ],
    ["that was cut off", (token) => token.slice(0, 20), /a schedule has 8 fields .*was it cut off\?/],
    ["with nonsense for choices", (token) => `${token}-what`, /should be ENABLED.CHOICE/],
    [
      "of an unknown scenario",
      (token) => token.replace(/two-locks\.ts/, "no-locks.ts"),
      /there is no file fixtures\/no-locks.ts/,
    ],
    ["of an unknown parameter", (token) => token.replace("rounds", "turns"), /no parameter "turns"/],
    ["with no CPUs", (token) => token.replace(":1:kdebug", ":0:kdebug"), /number of CPUs \(field 3\).*at least 1/],
    ["of another build", (token) => token.replace("kdebug", "debug"), /the build \(field 4\)/],
  ];
  test.each(refused)("%s is refused", async (_what, change, message) => {
    const { code, out, error } = await lockstep(["replay", change(await tokenOf()), "--json"]);
    expect(error).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("that no longer fits is refused with the first choice that differs, and the last step that fits", async () => {
    const token = await tokenOf();
    const more = await lockstep(["replay", token.replace(/:2\.0/, ":5.4-2.0")]);
    expect(more.code).toBe(2);
    expect(more.error).toMatch(
      /does not fit the scenario .*First difference, at choice 1 of \d+: it has 5 alternatives to choose from; the scenario now has 2/,
    );
    expect(more.error).toContain('The last step that fits: thread "main"');
    const longer = await lockstep(["replay", `${token}-2.0x7`]);
    expect(longer.error).toMatch(/the scenario ends before/);
    const shorter = await lockstep(["replay", token.replace(/[^:]*$/, "2.0")]);
    expect(shorter.error).toContain(
      "First difference, after its only choice: it has no further choice; the scenario now has 2.",
    );
    const none = await lockstep(["replay", token.replace(/[^:]*$/, "")]);
    expect(none.error).toContain("First difference, at once: it has no further choice; the scenario now has 2.");
    const two = await lockstep(["replay", token.replace(/[^:]*$/, "2.0x2")]);
    expect(two.error).toContain("First difference, after the last of its 2 choices: it has no further choice;");
  });
});
