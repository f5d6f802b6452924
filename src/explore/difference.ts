// The first difference between two executions that should have been the same one, in words.

import type { Account, Point } from "#explore/account";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

/** What differs first, as the end of a sentence; null when nothing does. */
export function firstDifference(first: Account, second: Account): string | null {
  const length = Math.max(first.points.length, second.points.length);
  for (let place = 0; place < length; place++) {
    const difference = eventsDiffer(first, second, place) ?? pointsDiffer(first, second, place);
    if (difference !== null) return difference;
  }
  return eventsDiffer(first, second, length) ?? outcomesDiffer(first.outcome, second.outcome);
}

/** Two ends that are not the same one, as the end of a sentence; null when they are. */
export function outcomesDiffer(first: Outcome, second: Outcome): string | null {
  const same =
    first.kind === second.kind &&
    // A recorder adds the place to some messages.
    (second.message.startsWith(first.message) || first.message.startsWith(second.message)) &&
    first.thread === second.thread &&
    JSON.stringify(first.waiting) === JSON.stringify(second.waiting);
  return same ? null : `it first ended as ${endText(first)}, then as ${endText(second)}`;
}

/** The last step before choice `choice`, which did not fit, and the alternatives there. */
export function choicesDiffer(account: Account): string | null {
  const { divergence, points, events } = account;
  if (divergence === null) return null;
  const { choice, expected, found } = divergence;
  const alternatives = `at choice ${choice} there were ${expected ?? "no"} alternatives, then ${found ?? "no"}`;
  const step = events.findLast((event) => event.kind === "step" && !event.inSetup);
  const names =
    found === null ? "" : ` (${listed(points.findLast((point) => point.candidates.length > 0)?.candidates)})`;
  return `${step === undefined ? "" : `after ${stepText(step)}, `}${alternatives}${names}`;
}

// The events between two points: what one step did.
function eventsDiffer(first: Account, second: Account, place: number): string | null {
  const own = eventsBefore(first, place);
  const others = eventsBefore(second, place);
  for (let at = 0; at < Math.max(own.length, others.length); at++) {
    const [a, b] = [own[at], others[at]];
    if (a !== undefined && b !== undefined && isSame(a, b)) continue;
    if (a?.kind === "step" && b?.kind === "step") return `${stepText(a)}, then ${stepText(b)}`;
    const step = own.slice(0, at).findLast((event) => event.kind === "step");
    const inStep = step === undefined ? beginningText(a ?? b) : `in ${stepText(step)}`;
    return `${inStep}: ${eventText(a)}, then ${eventText(b)}`;
  }
  return null;
}

function eventsBefore({ points, events }: Account, place: number): readonly TraceEvent[] {
  return events.slice(points[place - 1]?.events ?? 0, points[place]?.events ?? events.length);
}

function pointsDiffer(first: Account, second: Account, place: number): string | null {
  const [a, b] = [first.points[place], second.points[place]];
  const before = lastStep(first, place);
  if (a === undefined || b === undefined)
    return `${before}it ${a === undefined ? "ended, then went on" : "went on, then ended"}`;
  if (a.touched.join() !== b.touched.join()) {
    return `${before}it had touched ${objects(first, a)}, then ${objects(second, b)}`;
  }
  if (a.candidates.join() !== b.candidates.join()) {
    return `${before}there were ${alternatives(a)}, then ${alternatives(b)}`;
  }
  // Where the step itself was recorded, that says more.
  if (first.events[a.events] !== undefined && second.events[b.events] !== undefined) return null;
  const doing = ({ thread, operation, object }: Point): string => actText(thread, operation, object);
  return doing(a) === doing(b) ? null : `${before}${doing(a)} came next, then ${doing(b)}`;
}

function lastStep({ points, events }: Account, place: number): string {
  const step = events.slice(0, points[place]?.events ?? events.length).findLast((event) => event.kind === "step");
  if (step !== undefined && !step.inSetup) return `after ${stepText(step)}, `;
  const point = points[place - 1];
  if (point === undefined) return "at the beginning, ";
  return `after step ${place} (${actText(point.thread, point.operation, point.object)}), `;
}

function alternatives({ candidates }: Point): string {
  const count = candidates.length;
  return count === 0 ? "no alternatives" : `${count} alternative${count === 1 ? "" : "s"} (${listed(candidates)})`;
}

function objects({ events }: Account, { touched }: Point): string {
  if (touched.length === 0) return "nothing";
  const names = touched.map((code) => {
    const number = (code - (code & 1)) / 2;
    const named = events.find((event) => event.objectNumber === number && event.object !== "");
    return named === undefined ? `object ${number}` : `"${named.object}"`;
  });
  return [...new Set(names)].join(", ");
}

function isSame(a: TraceEvent, b: TraceEvent): boolean {
  return (
    a.kind === b.kind &&
    a.step === b.step &&
    a.time === b.time &&
    a.thread === b.thread &&
    a.threadName === b.threadName &&
    // A recorder adds the place to some messages.
    (a.text === b.text || (a.kind === "failed" && (a.text.startsWith(b.text) || b.text.startsWith(a.text)))) &&
    a.object === b.object &&
    a.objectType === b.objectType &&
    a.objectNumber === b.objectNumber &&
    Object.is(a.value, b.value) &&
    a.other === b.other &&
    a.inSetup === b.inSetup
  );
}

/** `step 7, "reader": lock "mailbox lock" at mailbox.ts:48` */
function stepText(step: TraceEvent): string {
  return `step ${step.step}, ${actText(step.threadName, step.text, step.object)}${placeText(step)}`;
}

function actText(thread: string, operation: string, object: string): string {
  return `"${thread}": ${operation}${object === "" ? "" : ` "${object}"`}`;
}

function beginningText(event: TraceEvent | undefined): string {
  return event?.inSetup === true ? "in the set-up" : "while the host was built";
}

function eventText(event: TraceEvent | undefined): string {
  if (event === undefined) return "nothing more";
  const { kind, text, object, value, threadName } = event;
  const place = placeText(event);
  switch (kind) {
    case "step":
      return stepText(event);
    case "access":
      return `${text}${place}`;
    case "read":
      return `it reads "${object}"${place}`;
    case "enter":
      return `it enters the ${text}`;
    case "leave":
      return `${text} gives ${value}`;
    case "choice":
      return `it chooses ${text}`;
    case "output":
      return `it prints "${text}"`;
    case "failed":
      return `it throws "${text}"`;
    case "spawned":
      return `"${text}" is spawned`;
    case "exited":
      return `"${threadName}" ends`;
    case "woken":
      return `"${threadName}" is woken with status ${value}`;
    case "notified":
      return `"${object}" wakes ${value}`;
    default:
      return `${kind} "${object === "" ? text : object}"${value === 0 ? "" : ` (${value})`}${place}`;
  }
}

function placeText({ frames }: TraceEvent): string {
  const frame = frames.find((each) => !each.file.startsWith("src/")) ?? frames[0];
  return frame === undefined ? "" : ` at ${frame.file}:${frame.line}`;
}

function endText({ kind, message }: Outcome): string {
  return message === "" ? `"${kind}"` : `"${kind}: ${message}"`;
}

function listed(names: readonly string[] = []): string {
  return names.map((name) => `"${name}"`).join(", ");
}
