// One line that changes while a long exploration goes on, for whoever watches the terminal.

import type { Terminal } from "#cli/terminal";
import type { Progress } from "#explore/explorer";
import { counted, thousands } from "#report/text";

/** Milliseconds between two looks. */
const EVERY = 150;

export interface ProgressLine {
  show(progress: Progress): void;
  /** Takes the line away again. */
  clear(): void;
}

/** Shows nothing where nobody watches. */
export function progressLine(terminal: Terminal, name: string): ProgressLine {
  if (!terminal.isWatched) return { show: () => {}, clear: () => {} };
  const began = terminal.now();
  let shown = began;
  let isThere = false;
  return {
    show(progress) {
      const now = terminal.now();
      if (now - shown < EVERY) return;
      shown = now;
      isThere = true;
      const rate = Math.round(((progress.executions + progress.blocked) * 1000) / Math.max(1, now - began));
      const blocked = progress.blocked === 0 ? "" : `, ${thousands(progress.blocked)} cut short`;
      const line = `${name}: ${counted(progress.executions, "execution")}${blocked}, ${thousands(rate)}/s, ${counted(progress.findings, "finding")}`;
      terminal.error(`\r${terminal.colors.dim(line)}\u001b[K`);
    },
    clear() {
      if (isThere) terminal.error("\r\u001b[K");
      isThere = false;
    },
  };
}
