// Goal: what nobody caught is blamed on the one whose code it is. Method: errors with the stacks that they would have.
import { join } from "node:path";
import { expect, test } from "vitest";
import { SimulatorBug } from "#base/assert";
import { reportFault } from "#cli/fault";
import { installationRoot } from "#load/installation";
import { programName } from "#cli/terminal";
import { captured } from "./capture.js";

const ours = `    at boot (${join(installationRoot, "src", "system.ts")}:20:5)`;
const theirs = "    at Object.load (/users/her/driver.ts:7:11)";

function thrown(error: Error, ...frames: string[]): Error {
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}

test("an error in a user's file is told by its place, as wrong input", async () => {
  const error = thrown(new TypeError("no such thing"), "    at node:internal:1:1", theirs, ours);
  const { code, error: text } = await captured((terminal) => reportFault(error, [], terminal));
  expect(code).toBe(2);
  expect(text).toContain(
    "/users/her/driver.ts:7:11: while the host was built, this was thrown: TypeError: no such thing",
  );
});

test("an error in our own code is a bug of ours, with all that a report needs", async () => {
  const { code, out, error } = await captured((terminal) =>
    reportFault(thrown(new TypeError("oops"), ours, theirs), ["run", "x"], terminal),
  );
  expect(code).toBe(70);
  expect(out).toBe("");
  expect(error).toContain("This is a bug in Lockstep: TypeError: oops");
  expect(error).toContain("system.ts:20:5");
  expect(error).toContain("command: lockstep run x");
  expect(error).toContain(process.version);
});

test("a broken assumption of the simulator is a bug of ours wherever it shows", async () => {
  const { code } = await captured((terminal) => reportFault(thrown(new SimulatorBug("odd"), theirs), [], terminal));
  expect(code).toBe(70);
});

test("a printed command is one that can be typed where the program was started", () => {
  expect(programName("/a/project/node_modules/.bin/lockstep", "/a/project")).toBe("npx lockstep");
  expect(programName("/usr/local/bin/lockstep", "/a")).toBe("lockstep");
  expect(programName("/a/clone/dist/src/cli/main.js", "/a/clone")).toBe("node dist/src/cli/main.js");
});
