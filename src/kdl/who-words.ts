// Who has used an object: the uses as lines, and how it stands now.

import type { Debugger } from "#kdl/debugger";
import { waitersOf } from "#kdl/state";
import type { Timeline } from "#kdl/timeline";
import { stepWords } from "#report/lines";
import { counted, listed, wrap } from "#report/text";
import { placeWords } from "#report/story";
import type { TraceEvent } from "#trace/event";

const USES: readonly TraceEvent["kind"][] = [
  "step",
  "read",
  "access",
  "acquired",
  "unlocked",
  "blocked",
  "woken",
  "allocated",
  "freed",
  "touched-freed",
  "created",
  "panicked",
];

/** @param most how many uses are listed, the latest ones */
export function whoWords(
  kdl: Debugger,
  { target, objects }: { readonly target: string; readonly objects: ReadonlySet<number> },
  most: number,
): string {
  const { timeline, step, paint } = kdl;
  const all = timeline.events.filter((event) => isUse(timeline, event, objects));
  const past = all.filter((event) => event.step <= step);
  const future = all.length - past.length;
  const shown = past.slice(-most);
  const left = past.length - shown.length;
  return [
    paint.bold(target),
    ...(left === 0 ? [] : [`  ... ${counted(left, "use")} before these`]),
    ...shown.map((event) => useLine(kdl, event)),
    ...(past.length === 0 ? ["  nobody has used it yet"] : []),
    ...stateLines(kdl, objects),
    ...(future === 0 ? [] : [`  and ${counted(future, "more use")} after step ${step}`]),
  ].join("\n");
}

// An operation says already that its thread got the lock; only being handed it says more.
function isUse(timeline: Timeline, event: TraceEvent, objects: ReadonlySet<number>): boolean {
  if (!objects.has(event.objectNumber) || !USES.includes(event.kind)) return false;
  const own = timeline.stepEvent(event.step);
  if (event.kind === "acquired") return own?.thread !== event.thread;
  return !(event.kind === "unlocked" && own?.text === "unlock" && own.thread === event.thread);
}

function useLine({ timeline, width, paint }: Debugger, event: TraceEvent): string {
  const place = timeline.story.placeOf(event);
  const where = place === null ? "" : placeWords(place);
  const when = event.step === 0 ? "boot" : `step ${event.step}`;
  const who = event.threadName === "" ? "" : `"${event.threadName}" `;
  const head = `  ${when.padEnd(10)} `;
  const text = wrap(`${who}${useWords(timeline, event)}`, width, head);
  if (where === "") return text;
  const last = text.length - text.lastIndexOf("\n") - 1;
  const gap = last + 2 + where.length <= width ? "  " : `\n${" ".repeat(head.length)}`;
  return `${text}${gap}${paint.dim(where)}`;
}

function useWords({ story }: Timeline, event: TraceEvent): string {
  switch (event.kind) {
    case "step":
      return stepWords(story, event);
    case "read":
      return `reads ${event.object}`;
    case "access":
      return `writes ${event.text}`;
    case "acquired":
      return "is given it";
    case "unlocked":
      return `unlocks ${event.object}`;
    case "blocked":
      return `begins to wait (${event.text})`;
    case "woken":
      return "is woken";
    case "allocated":
      return `allocates ${event.object}`;
    case "freed":
      return `frees ${event.object}`;
    case "touched-freed":
      return `${event.text}: freed memory!`;
    case "panicked":
      return `panics: ${event.text.trimEnd()}`;
    default:
      return event.text;
  }
}

function stateLines({ moment }: Debugger, objects: ReadonlySet<number>): string[] {
  const found = moment.objects.filter((object) => objects.has(object.number) && object.type !== "thread");
  return found.flatMap((object) => {
    const state = object.memory !== null && object.memory.freed !== null ? "lies in freed memory" : object.stateWords();
    const waiters = waitersOf(moment, object).map((thread) => `"${thread.title}"`);
    const waited = waiters.length === 0 ? "" : `${listed(waiters)} ${waiters.length === 1 ? "waits" : "wait"} for it`;
    const words = [state, waited].filter((each) => each !== "").join("; ");
    return words === "" ? [] : [`  now: ${object.type} "${object.title}": ${words}`];
  });
}
