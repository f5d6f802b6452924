// `help`: all commands, or one.

import type { KdlCommand } from "#kdl/command";
import { GROUPS } from "#kdl/commands";
import { findCommand } from "#kdl/debugger";
import { FILTERS } from "#kdl/filters";
import { wrap } from "#report/text";

/** Characters for a command and its words. */
const NAME_WIDTH = 25;

export const help: KdlCommand = {
  names: ["help", "?"],
  usage: "[command]",
  about: "list the commands, or say more about one",
  completes: "command",
  perform({ paint, width }, [word]) {
    if (word !== undefined) return helpOf(word);
    const groups = GROUPS.flatMap(({ title, commands }) => [
      paint.bold(title),
      ...commands.map((command) => entry(written(command), command.about, width)),
    ]);
    const filters = FILTERS.map(({ name, usage, about }) => entry(`${name} ${usage}`.trim(), about, width));
    const rest =
      'Commands are joined with ";". An empty line repeats step, back, next and continue. A name with blanks stands in quotes.';
    return [...groups, paint.bold("Filters: COMMAND | FILTER ..."), ...filters, wrap(rest, width)].join("\n");
  },
};

// What is written longer than the column is wide stands on a line of its own.
function entry(name: string, about: string, width: number): string {
  if (name.length <= NAME_WIDTH) return wrap(about, width, `  ${name.padEnd(NAME_WIDTH)}  `);
  return `  ${name}\n${wrap(about, width, " ".repeat(NAME_WIDTH + 4))}`;
}

function written(command: KdlCommand): string {
  return `${command.names[0]} ${command.usage}`.trim();
}

function helpOf(word: string): string {
  const filter = FILTERS.find(({ name }) => name === word);
  if (filter !== undefined) return `COMMAND | ${`${filter.name} ${filter.usage}`.trim()}\n  ${filter.about}`;
  const command = findCommand(word);
  const others = command.names.slice(1);
  return [
    written(command),
    `  ${command.about}`,
    ...(others.length === 0 ? [] : [`  also written: ${others.join(", ")}`]),
    ...(command.details === undefined ? [] : [command.details.replace(/^/gm, "  ")]),
  ].join("\n");
}
