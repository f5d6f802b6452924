// One line that changes while a long exploration goes on, for whoever watches the terminal.
//
// An estimate of what is left is given only where one is honest: the share of the tree that is behind, by the branches that
// were met on the way there (facts: explorer.md, C.12). Strategies that add branches as they go can only say how much
// it is at most. Those that draw lots have no end but the limit.

import type { Terminal } from "#cli/terminal";
import { duration } from "#cli/result";
import type { StrategyName } from "#explore/strategy";
import { counted, thousands } from "#report/text";

/** Milliseconds between two looks. */
const EVERY = 150;
/** Before that much of the tree, and so many milliseconds, are behind, an estimate is a guess. */
const FRACTION_LEAST = 0.001;
const TIME_LEAST = 1_000;

/** How far a search has come. */
export interface Reached {
  readonly executions: number;
  readonly blocked: number;
  readonly findings: number;
  /** How much of the tree is explored, 0 to 1; null where nobody knows. */
  readonly fraction?: number | null;
  readonly workers?: number;
}

/** What is searched. */
export interface Sought {
  readonly name: string;
  readonly strategy: StrategyName;
  /** Executions at most, for a strategy that draws lots. */
  readonly most?: number | undefined;
}

export interface ProgressLine {
  show(reached: Reached): void;
  /** Takes the line away again. */
  clear(): void;
}

/** Shows nothing where nobody watches. */
export function progressLine(terminal: Terminal, sought: Sought): ProgressLine {
  if (!terminal.isWatched) return { show: () => {}, clear: () => {} };
  const began = terminal.now();
  let shown = began;
  let isThere = false;
  let before: number | null = null;
  return {
    show(reached) {
      const now = terminal.now();
      // What was reached before this session does not count for its speed.
      before ??= reached.executions + reached.blocked;
      if (now - shown < EVERY) return;
      shown = now;
      isThere = true;
      const words = progressWords(sought, reached, now - began, before);
      const line = `${sought.name}: ${words}`.length < terminal.width ? `${sought.name}: ${words}` : words;
      terminal.error(`\r${terminal.colors.dim(line.slice(0, terminal.width - 1))}\u001b[K`);
    },
    clear() {
      if (isThere) terminal.error("\r\u001b[K");
      isThere = false;
    },
  };
}

/** @param milliseconds of this session. @param before executions of sessions before it, blocked ones included */
export function progressWords(sought: Sought, reached: Reached, milliseconds: number, before: number): string {
  const { executions, blocked, findings, workers = 1 } = reached;
  const rate = Math.round(((executions + blocked - before) * 1000) / Math.max(1, milliseconds));
  const most = sought.most === undefined ? "" : ` of ${thousands(sought.most)}`;
  return [
    `${thousands(executions)}${most} ${unit(sought.strategy)}`,
    ...(blocked === 0 ? [] : [`${thousands(blocked)} cut short`]),
    `${thousands(rate)}/s${workers > 1 ? ` on ${workers} workers` : ""}`,
    counted(findings, "finding"),
    ...estimate(sought.strategy, reached.fraction ?? null, milliseconds),
  ].join(", ");
}

function unit(strategy: StrategyName): string {
  if (strategy === "dfs") return "interleavings";
  return strategy === "dpor" || strategy === "source" || strategy === "sleep" ? "traces" : "executions";
}

function estimate(strategy: StrategyName, fraction: number | null, milliseconds: number): string[] {
  if (fraction === null || fraction < FRACTION_LEAST) return [];
  const percent = `${(fraction * 100).toFixed(fraction < 0.1 ? 1 : 0)} %`;
  if (strategy !== "dfs" && strategy !== "sleep") return [`at most ${percent} done`];
  if (milliseconds < TIME_LEAST) return [`about ${percent} done`];
  return [`about ${percent} done`, `${duration((milliseconds * (1 - fraction)) / fraction)} left`];
}
