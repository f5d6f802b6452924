// Goal: no message is documented that does not exist. Method: its literal parts are looked for in the sources.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installationRoot } from "#load/installation";

test("the messages of docs/errors.md are in the sources", () => {
  const sources = ["src", "devfs", "drivers"].flatMap((name) =>
    readdirSync(join(installationRoot, name), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(installationRoot, name, file), "utf8")),
  );
  const text = sources.join("\n").replaceAll("\\`", "`");
  const rows = readFileSync(join(installationRoot, "docs/errors.md"), "utf8").match(/^\| `.*$/gm) ?? [];
  const messages = rows.flatMap((row) => row.split(" | ")[0]?.match(/`[^`]+`/g) ?? []);
  const parts = messages.flatMap((message) => message.slice(1, -1).split("…"));
  const literal = parts.map((part) => part.replace(/^[\s":;,]+|[\s":;,]+$/g, "")).filter((part) => part.length > 6);
  expect(literal.length).toBeGreaterThan(60);
  expect(literal.filter((part) => !text.includes(part))).toEqual([]);
});
