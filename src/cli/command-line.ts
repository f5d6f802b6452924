// From the words of a command line to a subcommand and its checked options; from what it throws to an exit code.

import { cac, type CAC } from "cac";
import { InputError, UsageError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Command } from "#cli/command";
import { commandsFor, ENTRIES, nameOf } from "#cli/commands";
import { commandHelp, generalHelp } from "#cli/help";
import { version } from "#load/installation";
import { misuseWords } from "#cli/misuse";
import { flag, isSet, type RawOptions } from "#cli/options";
import { EXIT_AS_EXPECTED, EXIT_WRONG_INPUT } from "#cli/result";
import type { Terminal } from "#cli/terminal";

/** Options with a short form. */
const SHORT: ReadonlyMap<string, string> = new Map([["-o", "--out"]]);

/**
 * Does what the words (without the program's own name) say; gives the exit code. Wrong usage and input are
 * printed; anything else that is thrown is a bug, and the caller's.
 */
export async function perform(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(words, terminal);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UsageError)) throw error;
    const text = error instanceof UsageError ? misuseWords(error, terminal.folder) : error.message;
    // A command that a message recommends is printed as it can be typed here.
    const message = text.replaceAll(/"lockstep (?=\w)/g, `"${terminal.program} `);
    terminal.error(`${terminal.colors.red("lockstep:")} ${message}\n`);
    return EXIT_WRONG_INPUT;
  }
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  const commands = await commandsFor(words);
  const cli = parser(commands);
  const { args, options } = cli.parse(["", "", ...joined(words, commands)], { run: false });
  const command = commands.find((each) => nameOf(each) === cli.matchedCommandName);
  if (command === undefined) return withoutCommand(args, options, terminal);
  const { "--": rest, help, h, ...raw } = options as RawOptions;
  if (help === true || h === true) {
    terminal.out(commandHelp(command, terminal.colors));
    return EXIT_AS_EXPECTED;
  }
  checkNames(command, raw);
  const given = [...args, ...((rest as string[] | undefined) ?? [])];
  checkWords(command, given);
  return await command.perform(terminal, given, raw);
}

function parser(commands: readonly Command[]): CAC {
  const cli = cac("lockstep");
  cli.option("-h, --help", "");
  cli.option("-v, --version", "");
  for (const command of commands) {
    const made = cli.command(command.usage, command.about);
    for (const option of command.options)
      made.option(isFlag(option.usage) ? inCamelCase(option.usage) : option.usage, "");
  }
  return cli;
}

// The parser takes what follows an option for its value only if it does not begin with a dash, and takes the
// word after a flag for the flag's value if the flag has a dash inside: both are settled here.
function joined(words: readonly string[], commands: readonly Command[]): string[] {
  const options = commands.flatMap((command) => command.options.map((option) => option.usage));
  const valued = new Set(options.filter((usage) => !isFlag(usage)).map((usage) => usage.split(" ")[0] ?? ""));
  const flags = new Set(options.filter(isFlag));
  const result: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = SHORT.get(words[i] ?? "") ?? words[i] ?? "";
    if (word === "--") return [...result, ...words.slice(i)];
    // The parser would take the value for a word of its own.
    const [name = ""] = word.split("=", 1);
    if (name !== word && flags.has(name)) throw new InputError(`${name} takes no value, and is left out to say no`);
    const next = words[i + 1];
    const takesNext = valued.has(word) && next !== undefined && (!next.startsWith("-") || /^-\.?\d/.test(next));
    if (takesNext) i++;
    result.push(takesNext ? `${word}=${next}` : flags.has(word) ? inCamelCase(word) : word);
  }
  return result;
}

function withoutCommand(words: readonly string[], options: RawOptions, terminal: Terminal): number {
  if (isSet(options, "version") || isSet(options, "v")) {
    terminal.out(`${version}\n`);
    return EXIT_AS_EXPECTED;
  }
  const help = generalHelp(ENTRIES, terminal.colors);
  if (isSet(options, "help") || isSet(options, "h") || words[0] === "help") {
    terminal.out(help);
    return EXIT_AS_EXPECTED;
  }
  if (words[0] !== undefined) {
    const names = ENTRIES.map(nameOf);
    throw new InputError(
      `there is no command "${words[0]}"${suggestion(words[0], names) || ";"} the commands are ${names.join(", ")}`,
    );
  }
  const unknown = Object.keys(options).find((name) => name !== "--");
  if (unknown !== undefined)
    throw new InputError(`a command comes first, before ${flag(unknown)}: ${ENTRIES.map(nameOf).join(", ")}`);
  terminal.error(help);
  return EXIT_WRONG_INPUT;
}

function checkNames(command: Command, raw: RawOptions): void {
  const known = command.options.map((option) => /^--([a-z-]+)/.exec(option.usage)?.[1] ?? "");
  for (const name of Object.keys(raw)) {
    const written = flag(name);
    if (known.includes(written.slice(2))) continue;
    const near = suggestion(
      written,
      known.map((each) => `--${each}`),
    );
    throw new InputError(
      `${nameOf(command)} has no option ${written}${near || ";"} it takes ${known.map((each) => `--${each}`).join(", ")}`,
    );
  }
}

function checkWords(command: Command, words: readonly string[]): void {
  const { least, most, wanted } = command.words;
  if (words.length >= least && words.length <= most) return;
  const given = words.length === 0 ? "none was given" : `not ${words.map((word) => `"${word}"`).join(" ")}`;
  throw new InputError(`${nameOf(command)} takes ${wanted}; ${given}. Usage: lockstep ${command.usage} [options]`);
}

function isFlag(usage: string): boolean {
  return !usage.includes("<");
}

function inCamelCase(usage: string): string {
  return usage.replace(/(?<=[a-z])-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
