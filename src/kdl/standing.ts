// Where one stands, in words: the step that was taken, what it did, and who could go on with what.

import { judgeOf } from "#kdl/banner";
import type { Debugger } from "#kdl/debugger";
import type { Moment } from "#kdl/moment";
import { awaited, nextWords, waitWords } from "#kdl/state";
import type { Timeline } from "#kdl/timeline";
import { linesOf, type Line } from "#report/lines";
import { cut, wrap } from "#report/text";
import type { Thread } from "#kernel/thread";
import type { Frame } from "#trace/event";

const NOTHING: ReadonlySet<number> = new Set();

/** Said at the end of an execution only. */
const AFTERWARDS: readonly string[] = ["waiting", "watched"];

/** The operation of a step and its effects, as lines of a report. */
export function stepLines(timeline: Timeline, step: number): Line[] {
  const events = timeline.eventsOf(step).filter((event) => !AFTERWARDS.includes(event.kind));
  // A report finds its way in a trace by the events' places; here the step is all there is.
  const alone = events.map((event, index) => Object.create(event, { index: { value: index } }) as typeof event);
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
  const { timeline, step, moment } = kdl;
  if (step === 0) return `before the first step of ${timeline.last}`;
  return [...describeStep(kdl, step), wrap(describeChoice(moment, kdl), kdl.width)].join("\n");
}

function describeChoice(moment: Moment, kdl: Debugger): string {
  const { timeline, step } = kdl;
  const inSetup = step > timeline.setup ? "" : step === timeline.setup ? ", the last of the set-up" : ", in the set-up";
  const of = `Step ${step} of ${timeline.last}${inSetup}.`;
  if (moment.isEnd) return `${of} ${endWords(timeline)}`;
  const next = timeline.stepEvent(step + 1);
  const taker = moment.thread(next?.thread ?? 0);
  if (taker === null) return of;
  const others = moment.candidates.filter((thread) => thread !== taker);
  const could = others.length === 0 ? "" : `; instead could go ${others.map(planOf).join("; ")}`;
  return `${of} Next is ${planOf(taker)}${could}.`;
}

// A wait with a deadline may end at any time.
function planOf(thread: Thread): string {
  const object = awaited(thread);
  const ends = object?.type === "clock" ? "its sleep ends" : `its wait for ${waitWords(thread)} ends`;
  return `"${thread.title}": ${object === null ? nextWords(thread) : ends}`;
}

/** How the execution ends: `The end, deadlock: ...`. */
export function endWords(timeline: Timeline): string {
  const { outcome } = timeline;
  const judge = judgeOf(timeline);
  if (judge !== "") return `The end, finished; but the judge ${judge} says: ${outcome.message}.`;
  return `The end, ${outcome.kind}${outcome.message === "" ? "." : `: ${outcome.message.trimEnd()}`}`;
}
