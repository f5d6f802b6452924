// A search that is not done in one go: where it stands between two executions, and where a part of one begins.

import type { Bound, ExploredFinding } from "#explore/explorer";
import type { Origin } from "#explore/strategy";

/** A search between two executions: what it has found so far, and all it needs to go on. Plain JSON. */
export interface Standing {
  /** The strategy's own checkpoint; undefined for one that has none. */
  readonly strategy: unknown;
  readonly marks: readonly number[];
  /** Executions that count for `maxExecutions`. */
  readonly count: number;
  readonly executions: number;
  readonly repeated: number;
  readonly blocked: number;
  readonly steps: number;
  readonly firstFailure: number | null;
  readonly exhausted: boolean;
  readonly heldUp: boolean;
  readonly nestedOnly: boolean;
  readonly bound: Bound | null;
  readonly findings: readonly ExploredFinding[];
  readonly milliseconds: number;
}

/** Where a search begins that does not begin at the beginning, or does not do all. */
export interface Beginning {
  /** In a part of the tree. New marks end it then (`wasMarked`): all parts of a search have the same. */
  readonly origin?: Origin;
  readonly isPart?: boolean;
  /** Where another stood, with the same program and options. */
  readonly standing?: Standing;
}
