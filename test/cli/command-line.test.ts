// Goal: whatever is written wrongly on the command line is answered by one message that says what was expected,
// exit code 2, and nothing on standard output. Method: one row for each kind of mistake.
import { describe, expect, test } from "vitest";
import { lockstep } from "./capture.js";

const file = "fixtures/two-locks.ts";

const mistakes: [words: string[], message: RegExp][] = [
  [["exlpore", "tun-close"], /no command "exlpore"; did you mean "explore"\?/],
  [["frobnicate"], /no command "frobnicate"; the commands are story, list, run, explore, .*replay/],
  [["--json"], /a command comes first, before --json/],
  [["explore"], /explore takes one scenario's name or file; none was given. Usage: lockstep explore <name\|file>/],
  [["explore", file, file], /explore takes one scenario's name or file.*; not "fixtures/],
  [["list", "tun-close"], /list takes no further words; not "tun-close"/],
  [["story", "please"], /story takes no further words/],
  [["replay"], /replay takes one schedule/],
  [["explore", file, "--sed", "1"], /explore has no option --sed; did you mean "--seed"\?/],
  [["run", file, "--seed", "1"], /run has no option --seed; it takes --param, --cpus, --debug, .*--json/],
  [["run", file, "-x"], /run has no option -x/],
  [["explore", file, "--seed"], /--seed takes a whole number from 0 to \d+; none was given/],
  [["explore", file, "--seed", ""], /--seed takes a whole number .*none was given/],
  [["explore", file, "--seed", "many"], /--seed takes a whole number from 0 to \d+, not "many"/],
  [["explore", file, "--seed", "-1"], /--seed takes a whole number from 0 to \d+, not "-1"/],
  [["explore", file, "--seed", "1", "--seed", "2"], /--seed was given more than once/],
  [
    ["explore", file, "--seed", "1", "--strategy", "dfs"],
    /--seed is for strategies that draw lots \(random.*\); dfs does not/,
  ],
  [
    ["explore", file, "--preemptions", "1", "--strategy", "sleep"],
    /--preemptions is for --strategy dpor and dfs; sleep/,
  ],
  [
    ["explore", file, "--preemptions", "1", "--strategy", "random"],
    /--preemptions is for --strategy dpor and dfs; random takes no bound on them/,
  ],
  [["explore", file, "--delays", "1", "--strategy", "sleep"], /--delays is for --strategy dfs; sleep/],
  [["explore", file, "--delays", "1", "--preemptions", "1"], /two ways to count; a search is bounded by one of them/],
  [["explore", file, "--seed", "1", "--preemptions", "2"], /--preemptions is for --strategy dpor and dfs; random/],
  [["explore", file, "--depth", "2", "--strategy", "pos"], /--depth is for --strategy pct and auto; pos/],
  [["explore", file, "--depth", "0"], /--depth takes a whole number from 1 to \d+, not "0"/],
  [["explore", file, "--no-shrink=yes"], /--no-shrink takes no value, and is left out to say no/],
  [["explore", file, "--shrink"], /explore has no option --shrink; it takes .*--no-shrink/],
  [
    ["explore", file, "--strategy", "slep"],
    /--strategy takes one of .*sleep, dfs, random.*, not "slep"; did you mean "sleep"\?/,
  ],
  [["explore", file, "--max-executions", "0"], /--max-executions takes a whole number from 1/],
  [["explore", file, "--max-executions", "1.5"], /--max-executions takes a whole number from 1/],
  [["explore", file, "--max-seconds", "0"], /--max-seconds takes a number of seconds above 0, not "0"/],
  [["explore", file, "--max-seconds", "soon"], /--max-seconds takes a number of seconds above 0, not "soon"/],
  [["explore", file, "--stop-at-first=yes"], /--stop-at-first takes no value/],
  [["explore", file, "--json=no"], /--json takes no value/],
  [["run", file, "--no-json"], /--json takes no value, and is left out to say no/],
  [["run", file, "--cpus", "0"], /--cpus takes a whole number from 1 to 64, not "0"/],
  [["run", file, "--cpus", "65"], /--cpus takes a whole number from 1 to 64, not "65"/],
  [["run", file, "--debug", "kdbug"], /--debug takes one of kdebug, release, not "kdbug"; did you mean "kdebug"\?/],
  [["run", file, "--param"], /--param takes NAME=VALUE/],
  [["run", file, "--param", "rounds"], /a parameter is given as NAME=VALUE, not as "rounds"/],
  [["run", file, "--param", "=1"], /a parameter is given as NAME=VALUE, not as "=1"/],
  [
    ["run", file, "--param", "round=1"],
    /no parameter "round": it declares "inOrder", "rounds", "label"; did you mean "rounds"\?/,
  ],
  [
    ["run", file, "--param", "rounds=some"],
    /the parameter "rounds" takes a number, not "some" \(how often each takes them\)/,
  ],
  [["run", file, "--param", "inOrder=1"], /the parameter "inOrder" takes true or false, not "1"/],
  [["run", file, "--param", "rounds=1", "--param", "rounds=2"], /"rounds" was given twice/],
  [["run", "tun-colse"], /no scenario called "tun-colse"; did you mean "tun-close"\?/],
  [["run", "nonsense"], /no scenario called "nonsense". "lockstep list" shows those that ship; .*named by its file/],
  [["run", "./nowhere.ts"], /there is no file nowhere.ts/],
  [["run", "fixtures"], /fixtures is a folder; a scenario is one file/],
  [["run", "./scenario.yaml"], /there is no file scenario.yaml/],
];

describe("a mistake on the command line", () => {
  test.each(mistakes)("%j is told what was expected", async (words, message) => {
    const { code, out, error } = await lockstep(words);
    expect(error).toMatch(message);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(error).not.toMatch(/\n {4}at /);
  });

  test("is told in the same way where JSON was asked for", async () => {
    const { code, out, error } = await lockstep(["explore", "nonsense", "--json"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(error).toContain('no scenario called "nonsense"');
  });

  test("in one of several scenarios is told before any has run", async () => {
    const { code, out } = await lockstep(["run", file, "nonsense"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test("is answered with commands as they can be typed where the program was started", async () => {
    const { error } = await lockstep(["run", "nonsense"], { program: "node dist/src/cli/main.js" });
    expect(error).toContain('"node dist/src/cli/main.js list" shows those that ship');
  });
});

describe("help", () => {
  test("names every command, and the exit codes", async () => {
    const { code, out } = await lockstep(["--help"]);
    expect(code).toBe(0);
    for (const word of ["story", "list", "run", "explore", "replay", "as the scenario expects"])
      expect(out).toContain(word);
  });

  test("is what follows when nothing at all is written, as a mistake", async () => {
    const { code, out, error } = await lockstep([]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(error).toContain("Commands");
  });

  test.each(["story", "list", "run", "explore", "replay"])("of %s shows how it is written", async (command) => {
    const { code, out } = await lockstep([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`lockstep ${command}`);
    expect(out).toContain("--json");
  });

  test("the version is a version", async () => {
    expect((await lockstep(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("an option", () => {
  test("may stand before the word that it does not belong to", async () => {
    const { code, error } = await lockstep(["explore", "--stop-at-first", file]);
    expect({ code, error }).toEqual({ code: 0, error: "" });
  });

  test.each([
    [["--seed", "3"], { strategy: "random", bound: "executions" }],
    [["--depth", "2"], { strategy: "pct", bound: "executions", guarantee: { depth: 2 } }],
    [["--seed", "3", "--depth", "2"], { strategy: "pct" }],
    [["--preemptions", "0"], { strategy: "dpor", bound: "preemptions", within: { of: "preemptions", most: 0 } }],
    [["--delays", "1"], { strategy: "dfs", bound: "delays", within: { of: "delays", most: 1 } }],
  ])("that only one strategy knows chooses that strategy: %j", async (words, wanted) => {
    const { out } = await lockstep(["explore", file, "--max-executions", "50", ...words, "--json"]);
    expect(JSON.parse(out)).toMatchObject({ ...wanted, exhausted: false });
  });
});
