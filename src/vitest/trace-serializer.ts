// A trace in a snapshot: one line an event, with nothing in it that changes when something else does.
//
// Left out are line numbers, times, addresses, object numbers and the set-up: a snapshot says what happened, and stays
// as it is when a comment is added to a driver.

import { EVENT_KINDS, type TraceEvent } from "#trace/event";
import { isBefore, isForJudges } from "#report/lines";

/** What vitest asks of a snapshot serializer. */
export interface TraceSerializer {
  test(value: unknown): boolean;
  serialize(value: unknown): string;
}

/** Prints what `watch` gives, and lists of its events. It is registered when `lockstep/vitest` is imported. */
export const traceSerializer: TraceSerializer = {
  test: (value) => isTrace(value) || isWatched(value),
  serialize: (value) => {
    if (isTrace(value)) return traceLines(value).join("\n");
    if (!isWatched(value)) return "";
    const { kind, message } = value.execution.outcome;
    const end = `${kind}${message === "" ? "" : `: ${plain(message)}`}`;
    return [...traceLines(value.events), end].join("\n");
  },
};

/** One line for each event of the explored part that says what somebody did, or what was done to him. */
export function traceLines(events: readonly TraceEvent[]): string[] {
  return events
    .filter((event) => !isBefore(event) && !isForJudges(event) && !isStart(event))
    .map((event) => `${event.threadName === "" ? "(kernel)" : event.threadName}: ${words(event)}`);
}

// A thread that is spawned is woken for the first time: that says nothing more.
function isStart({ kind, object }: TraceEvent): boolean {
  return kind === "woken" && object === "";
}

function words(event: TraceEvent): string {
  const { kind, text, value } = event;
  const object = event.object === "" || event.objectType === "clock" ? "" : ` ${event.objectType} "${event.object}"`;
  switch (kind) {
    case "step":
      return `${text}${object}`.trim();
    case "spawned":
      return `  spawned "${text}"`;
    case "exited":
      return "  exits";
    case "notified":
      return `  notified${object}: ${value === 0 ? "nobody" : value}`;
    case "leave":
      return `  leave ${text}: ${value}`;
    case "access":
      return `  ${plain(text)}`;
    case "output":
      return `  output ${JSON.stringify(text)}`;
    case "failed":
    case "panicked":
      return `  ${kind}: ${plain(text)}`;
    case "enter":
    case "choice":
    case "touched-freed":
      return `  ${kind} ${text}`;
    default:
      return `  ${kind}${object}`;
  }
}

function plain(text: string): string {
  return text.replace(/0x[0-9a-f]{16}/g, "0x...");
}

function isTrace(value: unknown): value is readonly TraceEvent[] {
  return Array.isArray(value) && value.length > 0 && value.every(isEvent);
}

function isEvent(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("threadName" in value)) return false;
  return "frames" in value && EVENT_KINDS.some((kind) => kind === value.kind);
}

interface WatchedLike {
  readonly events: readonly TraceEvent[];
  readonly execution: { readonly outcome: { readonly kind: string; readonly message: string } };
}

function isWatched(value: unknown): value is WatchedLike {
  return (
    typeof value === "object" && value !== null && "events" in value && "execution" in value && isTrace(value.events)
  );
}
