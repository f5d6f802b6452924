// Goal: a user's code that never comes back ends every command, and every thread that explores, with the same sentence.
// Method: one scenario that hangs in its only execution, one that hangs in some far schedule; the built command and its threads.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test as plain } from "vitest";
import { test } from "lockstep/vitest";
import { guardSimulation } from "#workers/watchdog";
import { lockstep } from "../cli/capture.js";
import { build, node, type Built } from "../workers/built.js";

const SPINS = `import { scenario } from "lockstep";
export default scenario("spins", { *run({ kernel }) {
  kernel.spawn("hog", function* () {
    yield* kernel.snooze(1);
    for (;;);
  });
} });
`;

/** Hangs where three threads have taken their steps in one of many orders. */
const SELDOM = `import { shared, scenario } from "lockstep";
export default scenario("seldom", { *run({ kernel }) {
  const sum = shared(kernel, 0);
  for (let thread = 0; thread < 4; thread++) kernel.spawn("t" + thread, function* () {
    for (let round = 0; round < 3; round++) {
      yield* kernel.yieldThread();
      sum.value = sum.value * 5 + thread;
    }
    if (sum.value % 1009 === 77) for (;;);
  });
} });
`;

const SENTENCE =
  /^lockstep: thread "hog" did not come back within 1 s: it never reached another operation after its operation at spins\.ts:4\. Code between two operations cannot be interrupted: /;

let folder = "";
let built: Built;
beforeAll(() => {
  built = build();
  folder = mkdtempSync(join(tmpdir(), "lockstep-stuck-"));
  writeFileSync(join(folder, "spins.ts"), SPINS);
  for (const at of [folder, built.folder]) writeFileSync(join(at, "seldom.ts"), SELDOM);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  built.remove();
});

describe("code that never comes back ends", () => {
  plain.each([["run"], ["explore"]])("%s with the sentence that names it, and exit code 2", async (command) => {
    const ended = await lockstep([command, "spins.ts", "--max-step-seconds", "1"], { folder });
    expect(ended).toMatchObject({ code: 2, out: "" });
    expect(ended.error).toMatch(SENTENCE);
  });

  plain("a search of two threads, in whichever it is met", { timeout: 60_000 }, async () => {
    const source = `import { exploreOnCores } from "lockstep/workers";
      const source = { module: ${JSON.stringify(new URL("file://" + join(built.folder, "seldom.mjs")).href)}, export: "program" };
      const { program } = await import(source.module);
      const cores = { workers: 2, fanOutAfter: 0, source, hangingAfter: 500 };
      const error = await exploreOnCores(program, { strategy: "random", maxExecutions: 100000 }, cores).catch((error) => error);
      console.log(error.name, error.message);`;
    const seldom = SELDOM.replace("shared, scenario", "compile, shared, scenario").replace(
      "export default",
      "const made =",
    );
    writeFileSync(join(built.folder, "seldom.mjs"), `${seldom}export const program = compile(made);\n`);
    writeFileSync(join(built.folder, "search-seldom.mjs"), source);
    const { out, error } = await node(built, ["search-seldom.mjs"]);
    expect(error).toBe("");
    expect(out).toMatch(/^InputError thread "t\d" did not come back within 1 s: it never reached another operation/);
  });
});

test("the run of one universe, whose thread is named", ({ simulation, kernel }) => {
  kernel.spawn("hog", function* () {
    yield* kernel.snooze(1);
    for (;;);
  });
  expect(() => guardSimulation(simulation, () => simulation.run(), 300)).toThrow(
    /^thread "hog" did not come back within 0\.3 s: it never reached another operation\. Code/,
  );
});
