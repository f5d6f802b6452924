// What nobody caught: a user's code that failed outside the simulation, or a bug of ours.

import { SimulatorBug } from "#base/assert";
import { isOwnFile, version } from "#load/installation";
import { EXIT_BUG, EXIT_WRONG_INPUT } from "#cli/result";
import type { Terminal } from "#cli/terminal";
import { stackAsWritten } from "#trace/stack";

const FRAME = /^\s*at (?:.*? \()?(?:file:\/\/)?([^()]+?):(\d+):(\d+)\)?$/;

/** Prints what was thrown and whose fault it is; gives the exit code. */
export function reportFault(error: unknown, words: readonly string[], terminal: Terminal): number {
  const { red, dim } = terminal.colors;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const place = error instanceof SimulatorBug ? null : foreignPlace(stack);
  if (place !== null) {
    const text =
      error instanceof Error ? `${error.name === "Error" ? "" : `${error.name}: `}${error.message}` : String(error);
    terminal.error(`${red("lockstep:")} ${place}: while the host was built, this was thrown: ${text}\n`);
    return EXIT_WRONG_INPUT;
  }
  terminal.error(
    [
      `${red("This is a bug in Lockstep:")} ${stackAsWritten(stack)}`,
      "",
      "It says nothing about the driver. Please report it, with the above and what follows:",
      dim(`  command: lockstep ${words.join(" ")}`),
      dim(`  lockstep ${version}, node ${process.version} on ${process.platform} ${process.arch}`),
      "",
    ].join("\n"),
  );
  return EXIT_BUG;
}

// Where the innermost frame lies, when that is in a file which is not ours.
function foreignPlace(stack: string): string | null {
  for (const line of stack.split("\n")) {
    const [, file, row, column] = FRAME.exec(line) ?? [];
    if (file === undefined || file.startsWith("node:") || file.includes("<anonymous>")) continue;
    const isOurs = isOwnFile(file) || /\/node_modules\//.test(file);
    return isOurs ? null : `${file}:${row}:${column}`;
  }
  return null;
}
