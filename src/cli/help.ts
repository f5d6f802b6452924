// The help texts: of the whole command, and of one subcommand.

import type { Command, OptionText } from "#cli/command";
import type { Colors } from "#cli/terminal";

const HELP_OPTION: OptionText = { usage: "-h, --help", about: "show this text" };
const VERSION_OPTION: OptionText = { usage: "-v, --version", about: "show the version" };

const EXIT_CODES = `0  as the scenario expects (where it expects nothing: finished)
1  not as expected
2  wrong usage or input`;

export function generalHelp(commands: readonly Pick<Command, "usage" | "about">[], colors: Colors): string {
  return sections(colors, [
    ["", "Lockstep: a deterministic laboratory for kernel drivers."],
    ["Usage", "lockstep COMMAND [options]"],
    ["Commands", columns(commands.map((command) => [command.usage, command.about]))],
    ["Options", columns([HELP_OPTION, VERSION_OPTION].map((option) => [option.usage, option.about]))],
    ["Exit codes", EXIT_CODES],
    ["", 'Begin with "lockstep story". "lockstep COMMAND --help" says more about one command.'],
  ]);
}

export function commandHelp(command: Command, colors: Colors): string {
  return sections(colors, [
    ["", `${command.about[0]?.toUpperCase()}${command.about.slice(1)}.`],
    ["Usage", `lockstep ${command.usage} [options]`],
    ...(command.details === undefined ? [] : [["", command.details] as const]),
    ["Options", columns([...command.options, HELP_OPTION].map((option) => [option.usage, option.about]))],
    ["Examples", command.examples.join("\n")],
  ]);
}

function sections(colors: Colors, parts: readonly (readonly [title: string, body: string])[]): string {
  return parts
    .map(([title, body]) => (title === "" ? `${body}\n` : `${colors.bold(title)}\n${body.replace(/^/gm, "  ")}\n`))
    .join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join("\n");
}
