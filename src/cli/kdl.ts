// `lockstep kdl`: the kernel debugger, at the end of a schedule; at a terminal, with --command, or from standard input.

import { InputError } from "#base/assert";
import type { Command } from "#cli/command";
import { JUDGES_OPTION, readJudges } from "#cli/judging";
import { openDebugger } from "#cli/kdl-open";
import { carryOut, converse, linesOf } from "#cli/kdl-prompt";
import type { RawOptions } from "#cli/options";
import { EXIT_AS_EXPECTED, EXIT_WRONG_INPUT } from "#cli/result";

export const kdl: Command = {
  usage: "kdl <schedule>",
  about: "open the kernel debugger where a schedule ends, and go through it in both directions of time",
  details: `Haiku's commands (threads, bt, mutex, sem, cvar, dw ...), and what only a simulator can: step, back, next, run-to,
breakpoints, why, who, switch-at. "help" at its prompt lists them all. With --command, or with commands on standard
input, there is no prompt and nothing but their output; exit code 2 says that one was not understood.`,
  options: [
    {
      usage: "--command <commands>",
      about: "carry these out, joined with ;, and end (repeatable)",
    },
    JUDGES_OPTION,
  ],
  examples: [
    "lockstep kdl ls1:merged-close:1:kdebug:adversarial:::2.1-3.0x4",
    "lockstep kdl ls1:silent-close:1:kdebug:measured::: --command 'threads; why ifconfig'",
    "echo 'back 3; bt reader' | lockstep kdl ls1:silent-close:1:kdebug:measured:::",
  ],
  words: { least: 1, most: 1, wanted: "one schedule, as a finding prints it" },

  async perform(terminal, words, options) {
    const judges = readJudges(options);
    const commands = commandsOf(options);
    const kdl = await openDebugger(words[0] ?? "", terminal, judges);
    if (commands.length === 0 && terminal.dialogue !== undefined) {
      await converse(kdl, terminal.dialogue, terminal);
      return EXIT_AS_EXPECTED;
    }
    const lines = commands.length > 0 || terminal.input === undefined ? commands : linesOf(terminal.input);
    return (await carryOut(kdl, lines, terminal)) ? EXIT_AS_EXPECTED : EXIT_WRONG_INPUT;
  },
};

function commandsOf({ command }: RawOptions): readonly string[] {
  const given = command === undefined ? [] : Array.isArray(command) ? command : [command];
  return given.map((each) => {
    if (each === true || each === "") throw new InputError("--command takes commands: --command 'threads; bt 5'");
    return String(each);
  });
}
