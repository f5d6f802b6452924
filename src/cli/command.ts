// What a subcommand is: how it is written, what it takes, what it does.

import type { RawOptions } from "#cli/options";
import type { Terminal } from "#cli/terminal";

export interface OptionText {
  /** "--seed <n>"; without <...> it is a flag. */
  readonly usage: string;
  readonly about: string;
}

export interface Command {
  /** The name and its words: "replay <schedule>". */
  readonly usage: string;
  /** One line. */
  readonly about: string;
  /** What else is worth saying, in whole lines. */
  readonly details?: string;
  readonly options: readonly OptionText[];
  readonly examples: readonly string[];
  /** How many words it takes, and what to say when there are others. */
  readonly words: { readonly least: number; readonly most: number; readonly wanted: string };
  /** Gives the exit code. @throws InputError for wrong usage and input */
  perform(terminal: Terminal, words: readonly string[], options: RawOptions): Promise<number> | number;
}

export const JSON_OPTION: OptionText = {
  usage: "--json",
  about: "print the result as one JSON object and nothing else",
};

/** What run and explore take alike. */
export const SETTING_OPTIONS: readonly OptionText[] = [
  { usage: "--param <name=value>", about: "set a parameter that the scenario declares (repeatable)" },
  { usage: "--cpus <n>", about: "CPUs of the simulated host (default: the scenario's, else 1)" },
  { usage: "--debug <build>", about: "kernel build: kdebug or release (default: the scenario's, else kdebug)" },
];
