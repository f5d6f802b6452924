// How an execution ends: a closed union, gravest first, never an exception passed around.

/** All outcomes, gravest first (docs/architecture.md, words). */
export const OUTCOMES = [
  "panic",
  "deadlock",
  "livelock",
  "assertion",
  "leak",
  "diverged",
  "out-of-steps",
  "finished",
] as const;

export type OutcomeKind = (typeof OUTCOMES)[number];

/** A thread that is not done at the end, and what keeps it. */
export interface Waiting {
  readonly thread: string;
  readonly id: number;
  readonly daemon: boolean;
  /** "wait", "lock", "acquire", ... */
  readonly operation: string;
  /** The name and type of what it waits for; empty when it waits for nothing. */
  readonly object: string;
  readonly objectType: string;
  readonly objectNumber: number;
  /** The thread that holds the object, where one does. */
  readonly holder: string;
}

/** The end of one execution. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** The panic's, assertion's or judge's text; one sentence for the others; empty when finished. */
  readonly message: string;
  /** The thread that panicked or failed; 0 when it is nobody's. */
  readonly thread: number;
  readonly waiting: readonly Waiting[];
  /** The stack of what was thrown, for an assertion. */
  readonly stack: string;
  /** It happened before the explored part began. */
  readonly inSetup: boolean;
  /** What was thrown is a UsageError: the program is wrong, and says nothing of what it was to show. */
  readonly isMisuse?: true;
  /** It happens also where no sleep ends too early for anybody; said of what was watched (src/explore/punctual.ts). */
  readonly happensInTime?: true;
}

/** 0 for the gravest. */
export function gravity(kind: OutcomeKind): number {
  return OUTCOMES.indexOf(kind);
}
