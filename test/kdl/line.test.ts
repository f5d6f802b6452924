// Goal: what is typed is understood, or refused with what was expected. Method: lines, with pipes and without.
import { describe, expect, test } from "vitest";
import { complete } from "#kdl/complete";
import { parseLine, quoteWord } from "#kdl/line";
import { debuggerOn, lostWakeup, says } from "./programs.js";

describe("a line", () => {
  test("is commands joined with semicolons, each with its filters", () => {
    expect(parseLine('threads | grep "tap 0;1" | wc ;; bt 5;')).toEqual([
      { words: ["threads"], filters: [["grep", "tap 0;1"], ["wc"]] },
      { words: ["bt", "5"], filters: [] },
    ]);
    expect(parseLine("  ")).toEqual([]);
  });

  test("keeps any name that is quoted", () => {
    for (const name of ["reader", "tap0 reader", 'say "hi" | x;y', "back\\slash", ""]) {
      expect(parseLine(`bt ${quoteWord(name)}`)).toEqual([{ words: ["bt", name], filters: [] }]);
    }
  });

  const refused: [line: string, message: string][] = [
    ['bt "reader', "a quote has no end"],
    ["| wc", 'there is a "|" with nothing on one side of it'],
    ["threads |", 'there is a "|" with nothing on one side of it'],
    ["treads", 'there is no command "treads"; did you mean "threads"?'],
    ["threads | gerp x", 'there is no filter "gerp"; did you mean "grep"?'],
    ["threads | grep", "grep takes one text"],
    ["threads | head many", 'head takes a number of lines, not "many"'],
    ["step 0", 'the number of steps should be a whole number 1 or more, not "0"'],
    ["why tap reader", 'not "tap reader"; a name with blanks stands in quotes: why "tap reader"'],
    ["step 1 2", 'step takes [count], not "1 2"'],
    ["run-to 10000", "the step should be a whole number from 0 to"],
    ["bt nobody", 'there is no thread "nobody"'],
    ["bt e", '"e" could be 2 threads; say which:\n  1 "reader"\n  2 "closer"'],
    ["break lock", "break takes what and which"],
    ["break operation look", 'there is no operation "look"; did you mean "lock"?'],
    ["help nothing", 'there is no command "nothing"'],
  ];
  test.each(refused)("%s is refused", (line, message) => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    const [answer, ...more] = kdl.perform(line);
    expect(answer?.text).toContain(message);
    expect(answer?.isError).toBe(true);
    expect(more).toEqual([]);
  });

  test("goes on after a command that was refused", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(kdl.perform("nonsense; teams").map(({ isError }) => isError)).toEqual([true, false]);
  });
});

describe("filters", () => {
  test("take lines away and count them", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    const all = says(kdl, "help").split("\n").slice(0, -1);
    expect(says(kdl, "help | head 3")).toBe(`${all.slice(0, 3).join("\n")}\n`);
    expect(says(kdl, "help | tail 2")).toBe(`${all.slice(-2).join("\n")}\n`);
    expect(says(kdl, "help | grep -v e | wc")).toContain(
      `lines:      ${all.filter((line) => !line.includes("e")).length}\n`,
    );
    expect(says(kdl, "help | grep -i MUTEX | head 1")).toContain("mutex");
  });
});

describe("completion", () => {
  const kdl = debuggerOn(lostWakeup, "deadlock");
  const cases: [line: string, fitting: string[]][] = [
    ["thre", ["thread ", "threads "]],
    ["threads; bt re", ["reader "]],
    ["threads | gr", ["grep "]],
    ["mutex mail", ['"mailbox lock" ', "mailbox "]],
    ['cvar "letter', ['"letter arrived" ']],
    ["help swi", ["switch-at "]],
    ["break op", ["operation "]],
    ["break operation noti", ["notify "]],
    ["team k", ["kernel_team "]],
    ["error B", []],
  ];
  test.each(cases)("of %s", (line, fitting) => {
    expect(complete(kdl, line)[0].toSorted()).toEqual(fitting.toSorted());
  });
});
