// Goal: the suites that the documents show pass. Method: all of them in one process of vitest, as a user would start it, with Lockstep
// installed as it is built, and each document's files beside them.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { install } from "../workers/built.js";
import { DOCUMENTS, folderNameOf, follow } from "./document.js";

const PATIENCE = 180_000;

const folder = mkdtempSync(join(tmpdir(), "lockstep-suites-"));
beforeAll(() => {
  install(folder);
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(join(folder, "vitest.config.mjs"), `export default { test: { pool: "threads" } };\n`);
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true }));

test("the vitest samples pass", { timeout: PATIENCE }, async () => {
  for (const document of DOCUMENTS) {
    const own = join(folder, folderNameOf(document));
    mkdirSync(own);
    await follow(join(installationRoot, document), own);
  }
  const program = join(installationRoot, "node_modules/vitest/vitest.mjs");
  // A sample of a snapshot writes it, which vitest refuses where CI is set.
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, "run", "--update", "--root", folder], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(stdout).toContain("mailbox.test.ts");
  expect(status, `${stdout}\n${stderr}`).toBe(0);
});
