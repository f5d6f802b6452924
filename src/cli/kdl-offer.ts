// After findings, where somebody sits at a terminal: whether the kernel debugger is wanted.
//
// The debugger is loaded only if it is: a search is not to wait for it.

import { createInterface } from "node:readline";
import type { Dialogue, Terminal } from "#cli/terminal";
import type { Judge } from "#judges/judge";

/** Offers to open the debugger on one of the findings, which have these schedules. Nobody is asked where nobody is. */
export async function offerDebugger(
  schedules: readonly string[],
  terminal: Terminal,
  judges: readonly Judge[],
): Promise<void> {
  const { dialogue } = terminal;
  if (dialogue === undefined || schedules.length === 0) return;
  const which = schedules.length === 1 ? "k opens it" : `1 to ${schedules.length} opens it on that finding`;
  const answer = await ask(dialogue, `\nKernel debugger? ${which}, Enter ends: `);
  const place = /^(k|y|yes)$/i.test(answer) ? 1 : Number(answer);
  const schedule = schedules[place - 1];
  if (schedule === undefined) return;
  const { openDebugger } = await import("#cli/kdl-open");
  const { converse } = await import("#cli/kdl-prompt");
  await converse(await openDebugger(schedule, terminal, judges), dialogue, terminal);
}

function ask(dialogue: Dialogue, question: string): Promise<string> {
  const lines = createInterface({ ...dialogue, terminal: true });
  return new Promise((resolve) => {
    lines.once("close", () => resolve(""));
    lines.question(question, (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
