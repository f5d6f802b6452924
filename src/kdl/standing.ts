// Where one stands, in words: the step that was taken, what it did, and who could go on with what.

import { judgeOf } from "#kdl/banner";
import type { Debugger } from "#kdl/debugger";
import type { Timeline } from "#kdl/timeline";
import { linesOf, type Line } from "#report/lines";
import { objectWords } from "#report/story";
import { cut, wrap } from "#report/text";
import type { Frame, TraceEvent } from "#trace/event";

const NOTHING: ReadonlySet<number> = new Set();

/** Said at the end of an execution only. */
const AFTERWARDS: readonly string[] = ["waiting", "watched"];

/** The operation of a step and its effects, as lines of a report. */
export function stepLines(timeline: Timeline, step: number): Line[] {
  const events = timeline.eventsOf(step).filter((event) => !AFTERWARDS.includes(event.kind));
  // A report finds its way in a trace by the events' places; here the step is all there is.
  const alone = events.map((event, index) => ({ ...event, frames: event.frames, index }));
  return linesOf(alone, { verbose: true, writes: true, accesses: NOTHING });
}

/** One step as it is listed: `  8  "closer"  notify all "letter arrived"`, its effects below it. */
export function describeStep(kdl: Debugger, step: number): string[] {
  const { paint, width } = kdl;
  const lines = stepLines(kdl.timeline, step);
  const places = lines.map(({ place }) => (place === null ? "" : placeText(place)));
  // A place is said once, for all lines in a row that are there.
  const shown = places.map((place, index) => (place === places[index - 1] ? "" : place));
  const right = Math.min(Math.floor(width / 2), Math.max(0, ...shown.map((place) => place.length)));
  return lines.map((line, index) => {
    const head = index === 0 ? `${String(step).padStart(5)}  "${line.threadName}" ` : " ".repeat(8);
    const where = cut(shown[index] ?? "", right);
    const text = cut(line.text, where === "" ? width - head.length : width - head.length - right - 2);
    const gap = where === "" ? "" : " ".repeat(width - head.length - text.length - right);
    const toned =
      line.tone === "bad"
        ? paint.red(text)
        : line.tone === "wake"
          ? paint.green(text)
          : index > 0 && line.tone === "quiet"
            ? paint.dim(text)
            : text;
    return `${head}${toned}${gap}${paint.dim(where)}`;
  });
}

// The file's own name and the line, and the function: as in the columns of a report.
function placeText({ file, line, name }: Frame): string {
  const place = `${file.slice(file.lastIndexOf("/") + 1)}:${line}`;
  return name === "(anonymous)" ? place : `${place} ${name}`;
}

/** Where one stands, after having moved. */
export function describeStanding(kdl: Debugger): string {
  const { timeline, step } = kdl;
  if (step === 0) return `before the first step of ${timeline.last}`;
  return [...describeStep(kdl, step), wrap(describeChoice(kdl), kdl.width)].join("\n");
}

function describeChoice({ timeline, step }: Debugger): string {
  const inSetup = step > timeline.setup ? "" : step === timeline.setup ? ", the last of the set-up" : ", in the set-up";
  const of = `Step ${step} of ${timeline.last}${inSetup}.`;
  if (step >= timeline.last) return `${of} ${endWords(timeline)}`;
  const next = timeline.stepEvent(step + 1);
  if (next === undefined) return of;
  const plans = timeline.plansAfter(step);
  const taken = plans.find(({ thread }) => thread === next.thread)?.words ?? takenWords(timeline, next);
  const others = plans.filter(({ thread }) => thread !== next.thread).map(({ words }) => words);
  const could = others.length === 0 ? "" : `; instead could go ${others.join("; ")}`;
  return `${of} Next is ${taken}${could}.`;
}

// What a thread is about to do, from the step in which it does it.
function takenWords({ events }: Timeline, { index, text, thread, threadName, object, objectType }: TraceEvent): string {
  const ended = endedBefore(events, index, thread);
  if (ended !== undefined) {
    const ends = ended.objectType === "clock" ? "its sleep ends" : `its wait for ${objectWords(ended)} ends`;
    return `"${threadName}": ${ends}`;
  }
  const name = object === "" || objectType === "clock" ? "" : ` "${object}"`;
  return `"${threadName}": ${text === "point" ? "access" : text}${name}`;
}

// In measured time what a thread waits for ends by time only when nobody else goes on: after the step where one stands.
function endedBefore(events: readonly TraceEvent[], index: number, thread: number): TraceEvent | undefined {
  const isEnd = ({ kind, other }: TraceEvent): boolean => kind === "expired" || (kind === "woken" && other === 0);
  for (let place = index - 1; place >= 0 && events[place]?.kind !== "step"; place--) {
    const event = events[place];
    if (event?.thread === thread && isEnd(event) && event.objectType !== "") return event;
  }
  return undefined;
}

/** How the execution ends: `The end, deadlock: ...`. */
export function endWords(timeline: Timeline): string {
  const { outcome } = timeline;
  const judge = judgeOf(timeline);
  if (judge !== "") return `The end, finished; but the judge ${judge} says: ${outcome.message}.`;
  return `The end, ${outcome.kind}${outcome.message === "" ? "." : `: ${outcome.message.trimEnd()}`}`;
}
