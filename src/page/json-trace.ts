// A trace as JSON, for tools: what docs/trace.schema.json describes.
//
// The version counts the changes after which a reader of the form before would be wrong.

import type { Explanation } from "#report/explanation";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export const JSON_TRACE_VERSION = 1;

/** What is written. */
export interface JsonTraceFacts {
  /** The version of Lockstep. */
  readonly lockstep: string;
  readonly scenario: string;
  readonly schedule: string;
  readonly time: "adversarial" | "measured";
  readonly outcome: Outcome;
  readonly explanation: Explanation;
  readonly verdicts: readonly object[];
  readonly events: readonly TraceEvent[];
}

/** The document: its head, and then one event a line. */
export function jsonTraceOf({ events, outcome, explanation, ...facts }: JsonTraceFacts): string {
  const { stack: _, ...ended } = outcome;
  const { title, sentences, hints } = explanation;
  const told = { ...facts, outcome: ended, explanation: { title, sentences, hints } };
  const head = JSON.stringify({ format: "lockstep-trace", version: JSON_TRACE_VERSION, ...told });
  const lines = events.map((event) => JSON.stringify(event));
  return `${head.slice(0, -1)},"events":[\n${lines.join(",\n")}\n]}\n`;
}
