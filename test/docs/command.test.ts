// Goal: nothing that the command can do is a secret. Method: what its own help names is looked for in the documents.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { lockstep } from "../cli/capture.js";

const textOf = (document: string): string => readFileSync(join(installationRoot, document), "utf8");

test.each(["README.md", "docs/reference/command.md"])("%s has every command in its table", async (document) => {
  const rows =
    textOf(document)
      .match(/^\| `lockstep .*$/gm)
      ?.join("\n") ?? "";
  const commands = await commandNames();
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((name) => !new RegExp(`(lockstep |\`)${name}\\b`).test(rows))).toEqual([]);
});

test("the reference explains every option of every command", async () => {
  const reference = textOf("docs/reference/command.md");
  const missing: string[] = [];
  for (const command of await commandNames()) {
    const { out } = await lockstep([command, "--help"]);
    const options = [...out.matchAll(/^ {2}(--[\w-]+)/gm)].map((match) => match[1] ?? "");
    missing.push(...options.filter((option) => !reference.includes(`\`${option}`)).map((each) => `${command} ${each}`));
  }
  expect(missing).toEqual([]);
});

async function commandNames(): Promise<string[]> {
  const { out } = await lockstep(["--help"]);
  const [, list = ""] = /^Commands\n([\s\S]*?)\n\n/m.exec(out) ?? [];
  return [...list.matchAll(/^ {2}(\w+)/gm)].map((match) => match[1] ?? "");
}
