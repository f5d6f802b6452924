// Goal: a scenario in a user's file runs without a build step and on this very kernel, and whatever is wrong with the
// file is told by file, line and column. Method: files written into a folder of their own, outside the project.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockstep, type Captured } from "./capture.js";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-test-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function exploreText(text: string, ...words: string[]): Promise<Captured> {
  writeFileSync(join(folder, "mine.ts"), text);
  return lockstep(["explore", "mine.ts", ...words], { folder });
}

const GOOD = `
import { ConditionVariable, conditionVariable, defineDriver, Mutex, mutex, scenario, struct, bool, B_OK, O_RDWR } from "lockstep";
import { nameOf } from "./names.js";

const Cookie = struct("Cookie", { closing: bool(), lock: mutex("echo lock"), readable: conditionVariable("echo readable") });

const echo = defineDriver({
  name: "echo",
  load(kernel) {
    return {
      devices: ["misc/echo"],
      hooks: {
        *open() {
          return kernel.heap.new(Cookie);
        },
        *close(cookie: InstanceType<any>) {
          using _ = yield* cookie.lock.guard();
          cookie.closing = true;
          yield* cookie.readable.notifyAll();
          return B_OK;
        },
        *free(cookie: any) {
          FREE
          return B_OK;
        },
        *read(cookie: any): any {
          using _ = yield* cookie.lock.guard();
          while (!cookie.closing) yield* cookie.readable.wait(cookie.lock);
          return 0;
        },
      },
    };
  },
});

export default scenario(nameOf("echo"), {
  drivers: [echo],
  *setup({ host }) {
    const app = host.team("app");
    return { app, fd: yield* app.open("/dev/misc/echo", O_RDWR) };
  },
  *run({ app, fd }) {
    app.spawn("reader", () => app.read(fd, new Uint8Array(10)));
    app.spawn("closer", () => app.close(fd));
  },
});
`;

describe("a scenario in a file", () => {
  beforeAll(() => {
    writeFileSync(join(folder, "names.ts"), `export const nameOf = (what: string): string => \`my \${what}\`;\n`);
  });

  test("runs from anywhere, with drivers, helpers and `using`, and is exhausted", async () => {
    const { code, out, error } = await exploreText(GOOD.replace("FREE", "kernel.heap.delete(cookie);"), "--json");
    expect(error).toBe("");
    expect(JSON.parse(out)).toMatchObject({
      scenario: "mine.ts",
      outcome: "finished",
      exhausted: true,
      expected: null,
    });
    expect(code).toBe(0);
  });

  test("leaks when its driver frees nothing", async () => {
    const { code, out } = await exploreText(GOOD.replace("FREE", ""));
    expect(code).toBe(1);
    expect(out).toContain('leak: never freed, though nothing is open any more: Cookie, allocated by "setup"');
  });

  test("is read anew each time", async () => {
    const first = await exploreText(
      `import { scenario } from "lockstep"; export default scenario("a", { *run() {} });`,
      "--json",
    );
    expect(JSON.parse(first.out)).toMatchObject({ outcome: "finished" });
    const second = await exploreText(
      `import { scenario } from "lockstep"; export default scenario("a", { *run() { throw new Error("no"); } });`,
      "--json",
    );
    expect(JSON.parse(second.out)).toMatchObject({ outcome: "assertion", findings: [{ message: "no" }] });
  });

  test("is told that a thread's body must be a generator function", async () => {
    const { code, error } = await exploreText(`import { scenario } from "lockstep";
export default scenario("no star", {
  *run({ kernel }) {
    kernel.spawn("t", () => {});
  },
});`);
    expect(code).toBe(2);
    expect(error).toContain('mine.ts:4:5: the body of thread "t" must be a generator function');
  });

  test("has its own lines in what is printed", async () => {
    const { out } = await exploreText(`import { Mutex, scenario } from "lockstep";
interface Unused { readonly field: string }
export default scenario("twice", {
  *run({ kernel }) {
    const lock = new Mutex(kernel, "lock");
    yield* lock.lock();
    yield* lock.lock();
  },
});`);
    expect(out).toContain("mine.ts:7");
  });
});

const wrong: [what: string, text: string, message: RegExp][] = [
  ["does not parse", `const a = 1;\nconst b = ;\n`, /mine\.ts:2:11: syntax error: Unexpected token/],
  ["exports nothing", `const a = 1;\n`, /mine\.ts:1:1: the file has no default export; it exports nothing/],
  [
    "exports by name only",
    `export const mine = 1;\n`,
    /no default export; it exports mine by name. Write: export default/,
  ],
  ["exports a number", `\n\nexport default 5;\n`, /mine\.ts:3:1: the default export: it is the number 5, no scenario/],
  ["exports a function", `export default () => 1;\n`, /the default export: it is a function, no scenario/],
  [
    "exports a bare definition",
    `export default { *run() {} };\n`,
    /it is an object, but no scenario: export what scenario/,
  ],
  [
    "has no run",
    `import { scenario } from "lockstep";\nexport default scenario("a", {} as never);\n`,
    /mine\.ts:2:1: .*"a" has no "run"/,
  ],
  [
    "misspells a field",
    scenarioText(`setUp() {}, *run() {}`),
    /a field "setUp", which means nothing here; did you mean "setup"\?/,
  ],
  ["has an async run", scenarioText(`async run() {}`), /"run" should be a generator function/],
  ["has no drivers", scenarioText(`drivers: [5], *run() {}`), /"drivers" should be a list of drivers/],
  [
    "expects nonsense",
    scenarioText(`expect: { run: "ok", explore: "ok" }, *run() {}`),
    /"expect" should be \{ run, explore \}, each one of panic, deadlock/,
  ],
  [
    "has no CPUs",
    scenarioText(`cpus: 0, *run() {}`),
    /"cpus" should be a whole number of at least 1; it is the number 0/,
  ],
  [
    "has a parameter without words",
    scenarioText(`parameters: { n: 1 }, *run() {}`),
    /"parameters" should be parameters by name/,
  ],
  [
    "throws while it is loaded",
    `const a: number = 1;\nthrow new RangeError("too far");\n`,
    /mine\.ts:2:7: while the file was loaded, it threw: RangeError: too far/,
  ],
  [
    "imports a file that is not there",
    `import "./nowhere.js";\n`,
    /mine\.ts:1:8: it imports "\.\/nowhere\.js", which cannot be found/,
  ],
  [
    "imports a package that is not there",
    `\nimport x from "no-such-package";\nexport default x;\n`,
    /mine\.ts:2:15: it imports "no-such-package", which cannot be found/,
  ],
  [
    "imports no part of lockstep",
    `import x from "lockstep/kernel";\nexport default x;\n`,
    /mine\.ts:1:15: "lockstep\/kernel" is no part of Lockstep/,
  ],
  [
    "imports what loads scenarios",
    `import { loadScript } from "lockstep/script";\nexport default loadScript("x.yaml");\n`,
    /mine\.ts:1:28: "lockstep\/script" is for programs and test suites/,
  ],
  [
    "imports what lockstep has not",
    `import { scenaro } from "lockstep";\nexport default scenaro("a", {});\n`,
    /mine\.ts:2:\d+: .*"lockstep" exports nothing called "scenaro"; did you mean "scenario"\?/,
  ],
];

function scenarioText(fields: string): string {
  return `import { scenario } from "lockstep";\nexport default scenario("a", { ${fields} } as never);\n`;
}

describe("a file with a fault", () => {
  test.each(wrong)("that %s is told where", async (_what, text, message) => {
    const { code, out, error } = await exploreText(text, "--json");
    expect(error).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("that is no module is told what a module ends in", async () => {
    writeFileSync(join(folder, "mine.txt"), "a: 1");
    const { code, error } = await lockstep(["run", "mine.txt"], { folder });
    expect(error).toContain("mine.txt is no scenario: one ends in .ts (or .mts, .js, .mjs) or .yaml");
    expect(code).toBe(2);
  });

  test("whose driver cannot be loaded is told why", async () => {
    const text = `import { defineDriver, scenario } from "lockstep";
const bad = defineDriver({ name: "bad", load: () => ({ devices: ["misc/bad"], hooks: {} as never }) });
export default scenario("bad", { drivers: [bad], *run() {} });`;
    const { code, error } = await exploreText(text);
    expect(error).toMatch(/bad.*open/);
    expect(code).toBe(2);
  });

  test("that does something else each time is told so", async () => {
    const text = `import { scenario } from "lockstep";
let times = 0;
export default scenario("a", { *run({ kernel }) {
  times++;
  kernel.spawn("b", function* () { yield* kernel.snooze(1); if (times % 2 === 1) throw new Error("odd"); });
} });`;
    const { code, error } = await exploreText(text);
    expect(error).toContain("the scenario is not deterministic");
    expect(code).toBe(2);
  });
});
