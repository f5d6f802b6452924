// Breakpoints, forwards and backwards. What will happen is known, so a breakpoint is the list of the steps at which it
// stops, read from the trace.
//
// An operation, or an object's operation, stops before the step that carries it out; what happens inside a step (a field
// is read or written, a hook is entered) stops after it, since a step is never half done.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { operationVerb, OperationKind } from "#kernel/operation";
import type { Timeline } from "#kdl/timeline";
import { counted } from "#report/text";
import type { TraceEvent } from "#trace/event";

export const BREAKPOINT_KINDS = ["operation", "object", "hook", "function"] as const;
export type BreakpointKind = (typeof BREAKPOINT_KINDS)[number];

export interface Breakpoint {
  readonly number: number;
  readonly kind: BreakpointKind;
  /** What was named: a verb, an object, a hook, a function. */
  readonly target: string;
  /** For an object: the numbers by which the trace knows it and what lies in it. */
  readonly objects: ReadonlySet<number>;
}

const STOPS_SHOWN = 8;

/** A place where a breakpoint stops. */
export interface Stop {
  /** The step after which one stands. */
  readonly after: number;
  readonly breakpoint: Breakpoint;
  readonly event: TraceEvent;
}

/** The verbs of all operations, as a trace writes them. */
export const VERBS: readonly string[] = [
  ...new Set(Object.values(OperationKind).map((kind) => operationVerb(kind))),
].filter((verb) => !["none", "go on", "point"].includes(verb));

/** @throws InputError when no operation is called so */
export function checkVerb(verb: string): string {
  if (VERBS.includes(verb)) return verb;
  throw new InputError(
    `there is no operation "${verb}"${suggestion(verb, VERBS) || ";"} the operations are ${VERBS.map((each) => `"${each}"`).join(", ")}`,
  );
}

/** The next place, forwards or backwards, at which any breakpoint stops; null when there is none. */
export function nextStop(
  timeline: Timeline,
  breakpoints: readonly Breakpoint[],
  from: number,
  direction: 1 | -1,
): Stop | null {
  let best: Stop | null = null;
  for (const breakpoint of breakpoints) {
    const stop = direction === 1 ? stopAfter(timeline, breakpoint, from) : stopBefore(timeline, breakpoint, from);
    if (stop !== null && (best === null || (best.after - stop.after) * direction > 0)) best = stop;
  }
  return best;
}

function stopAfter(timeline: Timeline, breakpoint: Breakpoint, from: number): Stop | null {
  for (const stop of stopsOf(timeline, breakpoint)) if (stop.after > from) return stop;
  return null;
}

function stopBefore(timeline: Timeline, breakpoint: Breakpoint, from: number): Stop | null {
  let last: Stop | null = null;
  for (const stop of stopsOf(timeline, breakpoint)) {
    if (stop.after >= from) break;
    last = stop;
  }
  return last;
}

/** All places at which it stops, in order; looked for no further than they are asked for. */
export function* stopsOf(timeline: Timeline, breakpoint: Breakpoint): Generator<Stop> {
  const { kind, target } = breakpoint;
  let last = -1;
  for (const event of kind === "function" ? entriesOf(timeline, target) : timeline.events) {
    if (kind !== "function" && !matches(breakpoint, event)) continue;
    const after = event.kind === "step" ? event.step - 1 : event.step;
    if (after !== last) yield { after, breakpoint, event };
    last = after;
  }
}

/** A breakpoint as it is listed, with the steps after which it stops where they are soon found. */
export function describeBreakpoint(timeline: Timeline, breakpoint: Breakpoint): string {
  const { number, kind, target } = breakpoint;
  const name = `${number}: ${kind} ${target}`;
  // Reading the stacks of all steps takes its time.
  if (kind === "function" && timeline.isLong) return name;
  const stops = [...stopsOf(timeline, breakpoint)].map(({ after }) => after);
  const more = stops.length > STOPS_SHOWN ? " ..." : "";
  const where = stops.length === 0 ? "" : ` (after step ${stops.slice(0, STOPS_SHOWN).join(", ")}${more})`;
  return `${name}, ${counted(stops.length, "stop")}${where}`;
}

const OF_OBJECTS: readonly TraceEvent["kind"][] = [
  "step",
  "read",
  "access",
  "unlocked",
  "allocated",
  "freed",
  "touched-freed",
];

function matches({ kind, target, objects }: Breakpoint, event: TraceEvent): boolean {
  switch (kind) {
    case "operation":
      return event.kind === "step" && event.text === target;
    case "object":
      return OF_OBJECTS.includes(event.kind) && objects.has(event.objectNumber);
    case "hook":
      return event.kind === "enter" && isHook(event.text, target);
    case "function":
      return false;
  }
}

// "close", or "close hook of /dev/tap/tap0".
function isHook(text: string, target: string): boolean {
  const [hook = "", device = ""] = text.split(" hook of ");
  return device !== "" && (hook === target || text === target);
}

// The steps at which a thread is in the function and was not at its step before.
function* entriesOf(timeline: Timeline, name: string): Generator<TraceEvent> {
  const inside = new Set<number>();
  timeline.takeAllStacks();
  for (const event of timeline.events) {
    if (event.kind !== "step") continue;
    const isInside = event.frames.some((frame) => frame.name === name || frame.name.endsWith(`.${name}`));
    if (isInside && !inside.has(event.thread)) yield event;
    if (isInside) inside.add(event.thread);
    else inside.delete(event.thread);
  }
}
