// Talking with the debugger: at a terminal with a prompt, history and completion; from a pipe line by line, with nothing
// but the answers.

import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Dialogue, Terminal } from "#cli/terminal";
import { bannerOf } from "#kdl/banner";
import { complete } from "#kdl/complete";
import type { Debugger } from "#kdl/debugger";

const PROMPT = "kdebug> ";
const HISTORY_LINES = 1_000;

/** Shows the first screen, and answers until somebody leaves. */
export async function converse(kdl: Debugger, dialogue: Dialogue, terminal: Terminal): Promise<void> {
  terminal.out(`${bannerOf(kdl)}\n`);
  const lines = createInterface({
    ...dialogue,
    terminal: true,
    prompt: terminal.colors.bold(PROMPT),
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    completer: (line: string) => complete(kdl, line),
  });
  // ^C gives up the line, as in a shell.
  lines.on("SIGINT", () => {
    terminal.out(lines.line === "" ? '\n("exit" leaves)\n' : "^C\n");
    lines.write(null, { ctrl: true, name: "e" });
    lines.write(null, { ctrl: true, name: "u" });
    lines.prompt();
  });
  lines.on("line", (line) => {
    for (const { text } of kdl.perform(line)) terminal.out(text);
    if (kdl.hasQuit) lines.close();
    else lines.prompt();
  });
  lines.prompt();
  setImmediate(() => kdl.prepare());
  await once(lines, "close");
  if (!kdl.hasQuit) terminal.out("\n");
}

/** Carries out lines that nobody types, until one says to leave; gives whether all were understood. */
export async function carryOut(
  kdl: Debugger,
  lines: Iterable<string> | AsyncIterable<string>,
  terminal: Terminal,
): Promise<boolean> {
  let isGood = true;
  for await (const line of lines) {
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    for (const { text, isError } of kdl.perform(line)) {
      (isError ? terminal.error : terminal.out)(text);
      if (isError) isGood = false;
    }
    if (kdl.hasQuit) break;
  }
  return isGood;
}

/** The lines of a stream. */
export function linesOf(input: Readable): AsyncIterable<string> {
  return createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
}
