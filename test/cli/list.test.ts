// Goal: what ships can be found, and says what it is. Method: the list, as text and as JSON.
import { expect, test } from "vitest";
import { loadShipped, SHIPPED } from "#cli/shipped";
import { lockstep } from "./capture.js";

test("every scenario that ships has its own name, says what it shows, and expects an outcome", async () => {
  for (const name of SHIPPED) {
    const { name: own, definition } = await loadShipped(name);
    expect(own).toBe(name);
    expect(definition.about, name).toMatch(/\S/);
    expect(definition.expect, name).toBeDefined();
  }
});

test("the list has a line for each, in the story's order", async () => {
  const { code, out } = await lockstep(["list"]);
  expect(code).toBe(0);
  const names = out.split("\n").flatMap((line) => /^([a-z-]+) {2}/.exec(line)?.[1] ?? []);
  expect(names).toEqual([...SHIPPED]);
});

test("the list as JSON is one object", async () => {
  const { scenarios } = JSON.parse((await lockstep(["list", "--json"])).out) as { scenarios: { name: string }[] };
  expect(scenarios.map(({ name }) => name)).toEqual([...SHIPPED]);
});

test("the file of a shipped scenario is that scenario", async () => {
  const { out } = await lockstep(["run", "../../scenarios/silent-close.ts", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ scenario: "silent-close", expected: true });
});
