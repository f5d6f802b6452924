// How a host is built and booted.

import type { Costs } from "#kernel/costs";

/** How a host is built and booted. */
export interface KernelOptions {
  readonly name?: string;
  /** 1 or more. */
  readonly cpus?: number;
  /** A development kernel (KDEBUG_LEVEL 2: holder checks and fills) or a release one. */
  readonly debug?: "kdebug" | "release";
  /** Whose texts and effects: the kernel of the story, or today's (facts: haiku.md). */
  readonly era?: "aug23" | "head";
  /** Whether the first touch of freed memory panics. */
  readonly heap?: "faithful" | "guarded";
  readonly costs?: Costs;
  /** One of several hosts: its name stands before those of its threads and objects, in traces and reports. */
  readonly isOneOfSeveral?: boolean;
}
