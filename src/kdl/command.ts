// What a command of the debugger is, and what it may ask for.

import type { Debugger } from "#kdl/debugger";

/** What can be completed where a command's words stand. */
export type Completes = "thread" | "object" | "team" | "command" | "breakpoint" | "nothing";

export interface KdlCommand {
  /** The name, and others that mean the same. */
  readonly names: readonly [string, ...string[]];
  /** Its words: "[thread]". */
  readonly usage: string;
  /** One line, without a full stop. */
  readonly about: string;
  /** What else there is to say, in whole lines. */
  readonly details?: string;
  /** What its words are. Default: nothing that could be completed. */
  readonly completes?: Completes;
  /** How many words it takes at most. Default 1. */
  readonly most?: number;
  /** Gives what is printed. @throws InputError for words that it does not understand */
  perform(kdl: Debugger, words: readonly string[]): string;
}
