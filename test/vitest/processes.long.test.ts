// Goal: all of it works as a user starts it: in threads and forks, in shards and projects, in watch mode, with a report for each
// failure and one environment variable that runs its schedule alone.
// Method: real vitest processes on a small project in a folder of its own, in which Lockstep is installed as it is built.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../workers/built.js";

const root = join(import.meta.dirname, "../..");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "lockstep-vitest-")));
const PATIENCE = 150_000;

const CONFIGURATION = `
import { defineConfig } from "vitest/config";
const reportFolder = process.env.REPORT_FOLDER ?? ".lockstep";
const test = { provide: { lockstep: { maxSeconds: 20, coverage: true, reportFolder } } };
export default defineConfig({
  test: {
    ...test,
    reporters: ["default", "lockstep/vitest/reporter", ["json", { outputFile: "results.json" }]],
    projects: ["one", "two"].map((name) => ({ test: { ...test, name, include: [name + ".test.ts"] } })),
  },
});
`;

const SCENARIO = `
import { Mutex, scenario } from "lockstep";
export const twoLocks = (swapped) => scenario(swapped ? "swapped locks" : "two locks", {
  *run({ kernel }) {
    const a = new Mutex(kernel, "a"), b = new Mutex(kernel, "b");
    function* both(first, second) {
      yield* first.lock();
      yield* second.lock();
      second.unlock();
      first.unlock();
    }
    kernel.spawn("one", () => both(a, b));
    kernel.spawn("two", () => (swapped ? both(b, a) : both(a, b)));
  },
});
`;

const ONE = `
import { everySchedule, findsWithin } from "lockstep/vitest";
import { describe } from "vitest";
import { twoLocks } from "./locks.js";
describe("locks (two)", () => {
  everySchedule("hang", twoLocks(true));
  everySchedule("hold", twoLocks(false));
  findsWithin(10, "are known to hang", twoLocks(true), "deadlock");
});
`;

const TWO = `
import { everySchedule } from "lockstep/vitest";
import { twoLocks } from "./locks.js";
everySchedule("hold too", twoLocks(false));
`;

beforeAll(() => {
  install(folder);
  const files = { "package.json": `{ "type": "module" }`, "vitest.config.js": CONFIGURATION, "locks.js": SCENARIO };
  for (const [name, text] of Object.entries({ ...files, "one.test.ts": ONE, "two.test.ts": TWO })) {
    writeFileSync(join(folder, name), text);
  }
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const { VITEST: _, ...inherited } = process.env;
  const program = join(root, "node_modules/vitest/vitest.mjs");
  return spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { ...inherited, NO_COLOR: "1", CI: "", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

interface Printed {
  readonly text: string;
  readonly status: number | null;
}

function run(words: readonly string[], environment?: Record<string, string>): Promise<Printed> {
  const child = start(["run", ...words], environment);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data: Buffer) => (text += data.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ text, status })));
}

const schedule = "LOCKSTEP_SCHEDULE=(ls1:swapped%20locks:1:kdebug:adversarial:::[\\d.x-]+)";

test("a failure is told, reported and attached, and its schedule can be run alone", { timeout: PATIENCE }, async () => {
  const { text, status } = await run(["--pool", "threads"]);
  expect(status).toBe(1);
  expect(text).toContain('Error: deadlock: "one" and "two" wait for each other');
  expect(text).toMatch(/step +one +two +where/);
  const command = new RegExp(`replay: {3}${schedule} npx vitest run one.test.ts --project one -t '\\^locks .*hang\\$'`);
  expect(text).toMatch(command);
  expect(text).toMatch(/Lockstep {2}2 scenarios hold on every schedule, 1 known failure found, 1 failed/);
  expect(text).toMatch(/\d+ executions \(\d+ traces\), \d+ steps in/);
  expect(text).toMatch(/mutex: lock \d+, unlock \d+/);

  const [, path = ""] = /report: {3}(\.lockstep\/\S+)/.exec(text) ?? [];
  const report = readFileSync(join(folder, path), "utf8");
  // It is the timeline of the failure, beside one that passes, with the sources and the command.
  expect(path).toMatch(/\.html$/);
  expect(report).toContain("searched: 1 distinct failure");
  expect(report).toContain(`npx vitest run one.test.ts --project one`);
  const [, json = ""] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(report) ?? [];
  const data = JSON.parse(json) as { runs: { title: string }[]; files: { name: string }[] };
  expect(data.runs.map(({ title }) => title)).toEqual(["fails", "passes"]);
  expect(data.files.map(({ name }) => name)).toContain("locks.js");
  const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as {
    testResults: { assertionResults: { title: string; meta: { lockstep?: { report?: string }[] } }[] }[];
  };
  const assertions = results.testResults.flatMap(({ assertionResults }) => assertionResults);
  expect(assertions.find(({ title }) => title === "hang")?.meta.lockstep?.[0]?.report).toBe(join(folder, path));

  // The same in a pool of processes, as the printed command says.
  const [, token = ""] = new RegExp(schedule).exec(text) ?? [];
  const again = await run(["--pool", "forks", "one.test.ts"], { LOCKSTEP_SCHEDULE: token });
  expect(again.status).toBe(1);
  expect(again.text).toContain('Error: deadlock: "one" and "two" wait for each other');
  expect(again.text).toMatch(/1 failed \| 1 passed \| 1 skipped/);
  expect(again.text).toContain("2 schedules run alone");
});

test("a report that cannot be written keeps no finding from being told", { timeout: PATIENCE }, async () => {
  const { text, status } = await run(["one.test.ts"], { REPORT_FOLDER: "locks.js/reports" });
  expect(status).toBe(1);
  expect(text).toContain('Error: deadlock: "one" and "two" wait for each other');
  expect(text).toMatch(/report: {3}the report \S+ cannot be written: /);
});

test("shards share the tests out", { timeout: PATIENCE }, async () => {
  const [first, second] = await Promise.all([run(["--shard=1/2"]), run(["--shard=2/2"])]);
  const texts = [first, second].map(({ text }) => text);
  expect(texts.filter((text) => text.includes("1 failed | 2 passed (3)"))).toHaveLength(1);
  expect(texts.filter((text) => /Tests {2}1 passed \(1\)/.test(text))).toHaveLength(1);
});

test(
  "watch mode runs a test again when its scenario changes, and removes its report",
  { timeout: PATIENCE },
  async () => {
    const child = start(["--watch", "--project", "one"]);
    let text = "";
    child.stdout?.on("data", (data: Buffer) => (text += data.toString()));
    child.stderr?.on("data", (data: Buffer) => (text += data.toString()));
    const said = async (words: RegExp): Promise<void> => {
      await expect.poll(() => text, { timeout: PATIENCE / 2, interval: 50 }).toMatch(words);
    };
    try {
      await said(/FAIL[\s\S]*Watching for file changes/);
      const [, path = ""] = /report: {3}(\.lockstep\/\S+)/.exec(text) ?? [];
      expect(existsSync(join(folder, path))).toBe(true);
      text = "";
      // "swapped ?" is no more: the scenario takes its locks in one order.
      writeFileSync(join(folder, "locks.js"), SCENARIO.replace("swapped ? both(b, a) :", "false ? both(b, a) :"));
      // Now the one that looks for a deadlock fails instead.
      await said(/are known to hang[\s\S]*no deadlock within 10 executions[\s\S]*Watching for file changes/);
      expect(existsSync(join(folder, path))).toBe(false);
    } finally {
      child.kill("SIGKILL");
      writeFileSync(join(folder, "locks.js"), SCENARIO);
    }
  },
);
