// Goal: what ships can be found, and says what it is. Method: the list, as text and as JSON.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { CLASSIC, loadShipped, SHIPPED, VPN } from "#cli/shipped";
import { build, node } from "../workers/built.js";
import { lockstep } from "./capture.js";

test("every scenario that ships has its own name, says what it shows, and expects an outcome", async () => {
  for (const name of [...SHIPPED, ...VPN, ...CLASSIC]) {
    const { name: own, definition } = await loadShipped(name);
    expect(own).toBe(name);
    expect(definition.about, name).toMatch(/\S/);
    expect(definition.expect, name).toBeDefined();
  }
});

test("the list has a line for each, the story's in its order, then the literature's", async () => {
  const { code, out } = await lockstep(["list"]);
  expect(code).toBe(0);
  const names = out.split("\n").flatMap((line) => /^([a-z0-9/-]+) {2}/.exec(line)?.[1] ?? []);
  expect(names).toEqual([...SHIPPED, ...VPN, ...CLASSIC]);
});

test("the list keeps to the width of its terminal, and what goes on in a line of its own is indented", async () => {
  const { out } = await lockstep(["list"], { width: 80 });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(out).toMatch(/^semaphores {9}July 2023, .*\n {19}\S/m);
});

test("what all programs of the literature can be told is said once, before them", async () => {
  const { out } = await lockstep(["list"]);
  expect(out.split("--param points=")).toHaveLength(2);
  expect(out.indexOf("--param points=")).toBeLessThan(out.indexOf(CLASSIC[0]));
  expect(out).toContain("--param order=own");
});

test("the list as JSON is one object", async () => {
  const listed = JSON.parse((await lockstep(["list", "--json"])).out) as {
    scenarios: { name: string; group: string }[];
  };
  const namesOf = (wanted: string) => listed.scenarios.filter(({ group }) => group === wanted).map(({ name }) => name);
  expect(namesOf("story")).toEqual([...SHIPPED]);
  expect(namesOf("vpn")).toEqual([...VPN]);
  expect(namesOf("classic")).toEqual([...CLASSIC]);
});

test("the file of a shipped scenario is that scenario", async () => {
  const { out } = await lockstep(["run", "../../scenarios/silent-close.ts", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ scenario: "silent-close", expected: true });
});

test("a program of the literature is found by its name and by its file, and its parameters are checked", async () => {
  const explored = async (...words: string[]) =>
    JSON.parse((await lockstep(["explore", ...words, "--json"])).out) as object;
  const expected = { scenario: "classic/dining", outcome: "deadlock", executions: 15, exhausted: true };
  expect(await explored("classic/dining", "--param", "n=4")).toMatchObject(expected);
  expect(await explored("../../scenarios/classic/dining.ts", "--param", "n=4")).toMatchObject(expected);
  expect(await lockstep(["explore", "classic/dining", "--param", "n=1"])).toMatchObject({
    code: 2,
    error: expect.stringContaining('the parameter "n" takes a whole number from 2 to 64, not "1"') as string,
  });
  expect(await lockstep(["explore", "classic/dining", "--param", "order=lowets"])).toMatchObject({
    code: 2,
    error: expect.stringContaining('takes one of own, lowest, not "lowets"; did you mean "lowest"?') as string,
  });
});

test("a finding of a program that counts as the literature does replays", async () => {
  const words = ["explore", "classic/dining", "--param", "n=2", "--param", "points=every", "--json"];
  const { findings } = JSON.parse((await lockstep(words)).out) as { findings: { schedule: string }[] };
  const { out } = await lockstep(["replay", findings[0]?.schedule ?? "", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ scenario: "classic/dining", outcome: "deadlock" });
});

test.each([
  ["dining", "classic/dining"],
  ["token_ring", "classic/token-ring"],
  ["classic/dinning", "classic/dining"],
  ["classic/circular_buffer", "classic/circular-buffer"],
  ["merged-clos", "merged-close"],
])("whoever writes %s is told of %s", async (word, meant) => {
  const { code, error } = await lockstep(["explore", word]);
  expect(code).toBe(2);
  expect(error).toContain(`there is no scenario called "${word}"; did you mean "${meant}"?`);
});

test("whoever hands over the schedule of a test is told where that is run", async () => {
  const { code, error } = await lockstep(["replay", "ls1:close%20while%20reading:1:kdebug:adversarial:::2.0"]);
  expect(code).toBe(2);
  expect(error).toContain("a schedule that a test printed is run by LOCKSTEP_SCHEDULE there");
});

test("what the build writes down is what the scenarios say", async () => {
  const built = build();
  const list = () => node(built, [built.main, "list", "--json"]);
  const asked = await list();
  const module = pathToFileURL(join(built.folder, "dist/src/cli/shipped-list.js")).href;
  await node(built, ["--input-type=module", "-e", `await (await import("${module}")).writeShippedList()`]);
  expect(existsSync(join(built.folder, "dist/scenarios/list.json"))).toBe(true);
  expect(await list()).toEqual(asked);
  expect(asked).toMatchObject({ code: 0, error: "" });
  built.remove();
}, 60_000);
