// What a command found, in the one form that --json prints and the exit code follows.

import type { AccessResult } from "#cli/accesses";
import type { Judged, VerdictResult } from "#cli/judging";
import type { ExploreResult } from "#explore/explorer";
import type { SearchFile } from "#cli/search-file";
import type { StatsResult } from "#report/measured";
import type { Coverage } from "#report/coverage";
import type { StrategyName } from "#explore/strategy";
import type { OutcomeKind } from "#kernel/outcome";

/** One distinct failure, as --json prints it. */
export interface FindingResult {
  readonly outcome: OutcomeKind;
  readonly message: string;
  readonly explanation: string;
  /** The token for `lockstep replay`. */
  readonly schedule: string;
  /** Switches away from a thread that could have gone on. */
  readonly preemptions: number;
  /** What the judges say of it, with their evidence. */
  readonly verdicts: readonly VerdictResult[];
  /** Whether no schedule with fewer preemptions fails in this way. */
  readonly provedLeast: boolean;
  /** How many executions ended so. */
  readonly executions: number;
}

/** What one command found out about one scenario. The fields and their names are an interface: scripts read them. */
export interface Result {
  readonly scenario: string;
  /** "haiku" for a run under Haiku's own scheduler. */
  readonly strategy: StrategyName | "haiku" | "replay";
  /** The gravest. */
  readonly outcome: OutcomeKind;
  /** Whether the outcome is what the scenario declares; null when it declares nothing for these settings. */
  readonly expected: boolean | null;
  readonly executions: number;
  /** Executions cut short because an equivalent one had been explored. */
  readonly blocked: number;
  /** Executions of a bound that were run again within a higher one; they count once among the executions. */
  readonly repeated: number;
  /** The first execution that failed, counted from 1. */
  readonly firstFailure: number | null;
  readonly exhausted: boolean;
  /** Whether loops that poll or spin were followed for their first rounds only. */
  readonly heldUp: boolean;
  /** Whether, of threads in the middle of a step, only the one that came there last went on first. */
  readonly nestedOnly: boolean;
  /** What ended a search that was not exhausted. */
  readonly bound: ExploreResult["bound"];
  /** For a search bounded by a cost: the last bound that was explored to its end. */
  readonly within: ExploreResult["within"];
  /** For pct, and auto: what its executions promise. */
  readonly guarantee: ExploreResult["guarantee"];
  /** For auto: what each strategy did. */
  readonly parts: ExploreResult["parts"];
  readonly findings: readonly FindingResult[];
  /** The judges that were asked, and how many executions they looked at. */
  readonly judged: Judged;
  /** Steps of all executions. */
  readonly steps: number;
  readonly executionsPerSecond: number;
  /** Only of a run that tells numbers: those, by name. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Only with --stats: where the time went. */
  readonly stats?: StatsResult;
  /** Only with --capture: how many packets were written to the file. */
  readonly captured?: number;
  /** Only where data races, and was explored again with points before its accesses. */
  readonly accesses?: AccessResult;
  /** Only with --coverage: what was reached. */
  readonly coverage?: Coverage;
  /** Only with --shard: what "lockstep merge" needs. */
  readonly search?: SearchFile;
}

export const EXIT_AS_EXPECTED = 0;
export const EXIT_NOT_AS_EXPECTED = 1;
export const EXIT_WRONG_INPUT = 2;
export const EXIT_BUG = 70;
/** As a shell says it of a process that ^C ended. */
export const EXIT_INTERRUPTED = 130;

/** What only a search has, for a command that makes one execution. */
export const ONE_EXECUTION = {
  executions: 1,
  blocked: 0,
  repeated: 0,
  firstFailure: null,
  exhausted: false,
  heldUp: false,
  nestedOnly: false,
  bound: null,
  within: null,
  guarantee: null,
  parts: [],
} as const;

/** Where nothing is declared, whatever fails is a failure. */
export function exitCodeOf(result: Result): number {
  const good = result.expected ?? result.outcome === "finished";
  return good ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

export function gravestExit(codes: readonly number[]): number {
  return Math.max(EXIT_AS_EXPECTED, ...codes);
}

/** One result on one line. */
export function toJson(result: Result): string {
  return `${JSON.stringify(result)}\n`;
}

/** Rounded, and never infinite. */
export function perSecond(count: number, milliseconds: number): number {
  return milliseconds <= 0 ? 0 : Math.round((count * 1000) / milliseconds);
}

/** Milliseconds as somebody would say them. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return "under 1 ms";
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
