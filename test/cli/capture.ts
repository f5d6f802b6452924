// A terminal that remembers what was written to it.

import picocolors from "picocolors";
import { perform } from "#cli/command-line";
import type { Terminal } from "#cli/terminal";

export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Gives `act` a terminal, and gives back all that was written to it. The clock goes on by 1 ms at each look. */
export async function captured(
  act: (terminal: Terminal) => Promise<number> | number,
  given: Partial<Terminal> = {},
): Promise<Captured> {
  let out = "";
  let error = "";
  let now = 0;
  const code = await act({
    out: (text) => void (out += text),
    error: (text) => void (error += text),
    isWatched: false,
    colors: picocolors.createColors(false),
    width: 120,
    now: () => ++now,
    folder: import.meta.dirname,
    program: "lockstep",
    ...given,
  });
  return { code, out, error };
}

/** Does what the words of a command line say. */
export function lockstep(words: readonly string[], given: Partial<Terminal> = {}): Promise<Captured> {
  return captured((terminal) => perform(words, terminal), given);
}
