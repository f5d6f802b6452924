// Goal: whatever the program, the strategy and the budget, one, two or three workers find the same, execution for execution, with ^C in
// between as well; none of them hangs, and progress is told in numbers that can be. Method: Lockstep is built from the present
// sources; in a process of its own random choices of all these are compared for some time (fixtures/equal.mjs).
// LOCKSTEP_EQUAL_SECONDS=n takes n seconds, LOCKSTEP_EQUAL_SEED=n other choices.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build, node, type Built } from "./built.js";

const SECONDS = Number(process.env["LOCKSTEP_EQUAL_SECONDS"] ?? 30);
const SEED = process.env["LOCKSTEP_EQUAL_SEED"] ?? "1";
/** Milliseconds that the last searches may take beyond that. */
const GRACE = 60_000;

const here = import.meta.dirname;
let built: Built;

beforeAll(async () => {
  built = build();
  for (const file of ["equal.mjs", "random-modules.mjs"]) {
    copyFileSync(join(here, "fixtures", file), join(built.folder, file));
  }
  for (const name of ["odd-programs", "random-programs"]) {
    const input = join(here, "../explore", `${name}.ts`);
    // What they import is what was built.
    const bundle = await rolldown({ input, external: /^#/ });
    await bundle.write({ file: join(built.folder, `${name}.js`), format: "esm" });
  }
}, 120_000);
afterAll(() => built.remove());

test("several workers find what one finds", { timeout: SECONDS * 1000 + GRACE }, async () => {
  const { out, error, code } = await node(built, ["equal.mjs", SEED, String(SECONDS)]);
  expect(error).toBe("");
  expect(code).toBe(0);
  const { searches, differences } = JSON.parse(out) as { searches: number; differences: readonly string[] };
  expect(differences).toEqual([]);
  expect(searches).toBeGreaterThan(0);
});
