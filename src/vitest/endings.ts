// What the matchers about endings look at: one outcome, or several, whatever they were handed.

import { InputError } from "#base/assert";
import type { Execution } from "#explore/execution";
import type { ExploredFinding, ExploreResult } from "#explore/explorer";
import { watch, type Watched } from "#explore/watch";
import { OUTCOMES, type Outcome } from "#kernel/outcome";
import { findingReport, type FindingFacts } from "#report/finding-report";
import { coverageSentence } from "#report/words";
import type { SettledOptions } from "#vitest/options";
import { isSubject, prepare, type Subject } from "#vitest/subject";

/** What `toFinish`, `toPanic` and `toDeadlock` take. A scenario or program is run once, under Haiku's scheduler. */
export type Ending = Outcome | Execution | Watched | ExploredFinding | ExploreResult | Subject;

/** What was seen. */
export interface Seen {
  /** Of an exploration all distinct failures; finished, when there was none. */
  readonly outcomes: readonly Outcome[];
  /** The outcomes in words, as long as is known. */
  readonly text: string;
}

const FINISHED: Outcome = { kind: "finished", message: "", thread: 0, waiting: [], stack: "", inSetup: false };

/** @throws InputError for what has no outcome. @param matcher its name, for the message */
export function seen(received: unknown, matcher: string, name: string, options: SettledOptions): Seen {
  if (isResult(received)) {
    const outcomes = received.findings.length === 0 ? [FINISHED] : received.findings.map(({ outcome }) => outcome);
    const list = received.findings.map(({ outcome }) => `  ${outcomeText(outcome)}`);
    return { outcomes, text: [coverageSentence(received), ...list].join("\n") };
  }
  if (isOutcome(received)) return { outcomes: [received], text: outcomeText(received) };
  if (isWatched(received)) return { outcomes: [received.execution.outcome], text: watchedText(received) };
  if (isObject(received) && isOutcome(received.outcome)) {
    return { outcomes: [received.outcome], text: outcomeText(received.outcome) };
  }
  if (isSubject(received)) return runOnce(received, name, options);
  throw new InputError(
    `${matcher}() takes a scenario, what explore(), watch() or execute() gives, a finding or an outcome; it was given ${kindOf(received)}`,
  );
}

export function isResult(value: unknown): value is ExploreResult {
  return isObject(value) && Array.isArray(value.findings) && "exhausted" in value;
}

/** Names an outcome, with who waits for what. */
export function outcomeText({ kind, message, waiting }: Outcome): string {
  const who = waiting
    .filter(({ daemon }) => !daemon)
    .map(({ thread, operation, object }) => `"${thread}" (${operation}${object === "" ? "" : ` "${object}"`})`);
  const list = kind === "finished" || who.length === 0 ? "" : `; waiting: ${who.join(", ")}`;
  return `${kind}${message === "" ? "" : `: ${message}`}${list}`;
}

function runOnce(subject: Subject, name: string, options: SettledOptions): Seen {
  const tested = prepare(name, subject, options);
  const limit = (options.maxSeconds ?? 60) * 1000;
  const run = (): Watched => watch(tested.program, { time: "measured", simulation: tested.simulation });
  const watched = tested.watchdog.guard(run, limit);
  return { outcomes: [watched.execution.outcome], text: watchedText(watched, tested.name) };
}

function watchedText({ execution, events }: Watched, name = "this run"): string {
  const { outcome, steps, simulation } = execution;
  if (outcome.kind === "finished") return `finished after ${steps} steps`;
  const time = simulation.scheduler.adversarial ? "adversarial" : "measured";
  return failureText({ scenario: name, outcome, events, steps, time });
}

/** A failure that no command replays: its explanation and its columns. */
export function failureText(facts: Omit<FindingFacts, "replay">): string {
  return findingReport({ ...facts, replay: "" }, { width: 100 })
    .replace(/\n*replay: .*$/, "")
    .trimEnd();
}

function isOutcome(value: unknown): value is Outcome {
  return isObject(value) && OUTCOMES.some((kind) => kind === value.kind) && Array.isArray(value.waiting);
}

function isWatched(value: unknown): value is Watched {
  return isObject(value) && Array.isArray(value.events) && isObject(value.execution);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A value's kind, for messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "another object" : `the ${typeof value} ${String(value)}`;
}
