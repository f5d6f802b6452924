// Goal: no command is a secret. Method: the guide is searched for every name.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { COMMANDS } from "#kdl/commands";
import { FILTERS } from "#kdl/filters";

test("the guide has every command and every filter", () => {
  const guide = readFileSync(join(installationRoot, "docs/kernel-debugger.md"), "utf8");
  const names = [...COMMANDS.map(({ names: [name] }) => name), ...FILTERS.map(({ name }) => name)];
  expect(names.filter((name) => !new RegExp(`\`(\\w+\`, \`)*${name}\\b`).test(guide))).toEqual([]);
});
