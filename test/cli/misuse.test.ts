// Goal: a scenario that misuses the library is wrong input, told by file, line and column; it is never a finding.
// Method: scenarios in a folder of their own, through the command.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lockstep } from "./capture.js";

let folder = "";

const FILES = {
  "body.js": `import { Mutex, scenario } from "lockstep";
export default scenario("in the body", {
  *run() {
    const lock = new Mutex("lock");
    yield* lock.lock();
  },
});
`,
  "seldom.js": `import { Mutex, scenario } from "lockstep";
export default scenario("on some schedules only", {
  *run({ kernel }) {
    const lock = new Mutex(kernel, "lock");
    kernel.spawn("other", function* () {
      if ((yield* lock.tryLock()) !== 0) new Mutex("none");
      else lock.unlock();
    });
    yield* lock.lock();
    yield* kernel.snooze(10);
    lock.unlock();
  },
});
`,
  "forgotten.js": `import { Mutex, scenario } from "lockstep";
export default scenario("an operation that nobody awaits", {
  *run({ kernel }) {
    const lock = new Mutex(kernel, "lock");
    lock.lock();
  },
});
`,
  "judge.js": `import { Mutex, scenario } from "lockstep";
export default scenario("in a check", {
  *run({ judge }) {
    judge.atEnd(() => {
      new Mutex("lock");
    });
  },
});
`,
  "load.js": `import { Mutex, defineDriver, scenario } from "lockstep";
const driver = defineDriver({
  name: "driver",
  load() {
    new Mutex("lock");
  },
});
export default scenario("where a driver is loaded", { drivers: [driver], *run() {} });
`,
  "module.js": `import { defineDriver, scenario } from "lockstep";
const driver = defineDriver({ load: () => ({}) });
export default scenario("at the top", { drivers: [driver], *run() {} });
`,
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lockstep-misuse-"));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const KERNEL_FIRST = 'the first argument is the kernel, as in new Mutex(kernel, "name")';
const CASES = [
  ["explore", "body.js", `body.js:4:18: ${KERNEL_FIRST}`],
  ["run", "body.js", `body.js:4:18: ${KERNEL_FIRST}`],
  ["explain", "body.js", `body.js:4:18: ${KERNEL_FIRST}`],
  ["explore", "seldom.js", `seldom.js:6:42: ${KERNEL_FIRST}`],
  ["explore", "forgotten.js", 'forgotten.js:5:5: thread "main": the operation "lock lock" was not awaited with yield*'],
  ["run", "judge.js", `judge.js:5:7: ${KERNEL_FIRST}`],
  ["run", "load.js", `load.js:5:5: ${KERNEL_FIRST}`],
] as const;

describe("misuse of the library", () => {
  test.each(CASES)("%s %s", async (command, file, expected) => {
    const { code, out, error } = await lockstep([command, file], { folder });
    expect({ code, out, error }).toEqual({ code: 2, out: "", error: `lockstep: ${expected}\n` });
  });

  test("is told by a token, too, in replay and in the debugger", async () => {
    const token = "ls1:body.js:1:kdebug:adversarial:::";
    for (const words of [
      ["replay", token],
      ["kdl", token, "--command", "threads"],
    ]) {
      const { code, error } = await lockstep(words, { folder });
      expect({ code, error }).toEqual({ code: 2, error: `lockstep: body.js:4:18: ${KERNEL_FIRST}\n` });
    }
  });

  test("where a file is loaded is shown by check, at the user's line", async () => {
    const { code, out } = await lockstep(["check", "module.js"], { folder });
    expect(out).toMatch(
      /^module.js:2:\d+: while the file was loaded, it threw: defineDriver\(\) takes \{ name, load \}/,
    );
    expect(code).toBe(2);
  });
});
