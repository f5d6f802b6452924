// Why a thread does not go on: the chain of waits from it onwards, each with the place where it waits and since when; for
// a wait that somebody must end, who has tried and who will. Everything said is in the trace or in the moment.

import { statusName } from "#base/status";
import type { KernelObject } from "#kernel/kernel-object";
import { ThreadState, type Thread } from "#kernel/thread";
import type { Debugger } from "#kdl/debugger";
import { awaited, nextWords, waitWords } from "#kdl/state";
import { placeWords, userFrame } from "#report/story";
import { counted } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** Sentences; the first one is about the thread itself. */
export function whyWords(kdl: Debugger, thread: Thread): string[] {
  const sentences: string[] = [];
  const met: Thread[] = [];
  for (let next: Thread | null = thread; next !== null;) {
    if (met.includes(next)) {
      const cycle = met.slice(met.indexOf(next)).map((each) => `"${each.title}"`);
      if (cycle.length > 1) sentences.push(`This is a cycle: ${[...cycle, cycle[0]].join(" waits for ")}.`);
      break;
    }
    met.push(next);
    const object = awaited(next);
    sentences.push(...(object === null ? goingWords(kdl, next) : waitingWords(kdl, next, object)));
    const holder: Thread | null = object?.holder() ?? null;
    if (holder === next && object !== null) sentences.push(`"${next.title}" has it itself.`);
    next = holder === next ? null : holder;
  }
  return sentences;
}

function goingWords(kdl: Debugger, thread: Thread): string[] {
  const { timeline, step, moment } = kdl;
  const who = `"${thread.title}"`;
  if (moment.isEnd && timeline.outcome.thread === thread.id) {
    const { kind, message } = timeline.outcome;
    return [`${who} brought the end: ${kind}: ${message.trimEnd()}`];
  }
  if (thread.state === ThreadState.dead)
    return [`${who} is dead; it ended at step ${endOf(kdl, thread)} with ${statusName(thread.exitStatus)}.`];
  if (thread.state === ThreadState.suspended) return [`${who} is suspended: nobody has resumed it.`];
  if (thread.spinning) return [`${who} goes round a loop that only another thread can end.`];
  const first = `${who} can go on, with ${nextWords(thread)}${placeOf(kdl, thread)}.`;
  const next = nextStepOf(kdl, thread);
  if (moment.isEnd) return [first];
  const taker = timeline.stepEvent(step + 1);
  if (taker?.thread === thread.id) return [`${first} It takes the next step.`];
  const choice = `The schedule lets "${taker?.threadName ?? ""}" go first`;
  const later = next === undefined ? "it takes no step any more" : `its own next step is ${next.step}`;
  return [`${first} ${choice}; ${later}.`];
}

function waitingWords(kdl: Debugger, thread: Thread, object: KernelObject): string[] {
  const { timeline, step, moment } = kdl;
  const began = timeline.story.last(timeline.events.length, (event) => {
    const isWait = event.kind === "blocked" || event.kind === "step";
    return event.step <= step && event.thread === thread.id && isWait;
  });
  const since =
    began?.kind === "blocked" || thread.state !== ThreadState.ready ? ` since step ${began?.step ?? step}` : "";
  const next = nextStepOf(kdl, thread);
  const deadline = thread.hasDeadline ? ` Its time is up at ${thread.deadline} us, or when the schedule says so.` : "";
  const later = next === undefined ? (moment.isEnd ? "" : " It never goes on.") : ` It goes on at step ${next.step}.`;
  const first = `"${thread.title}" waits for ${waitWords(thread)}${since}${placeOf(kdl, thread)}.${deadline}${later}`;
  return [first, ...holderWords(kdl, thread, object), ...notifyWords(kdl, object)];
}

function holderWords({ timeline, step }: Debugger, thread: Thread, object: KernelObject): string[] {
  const holder = object.holder();
  if (holder === null || holder === object || holder === thread) return [];
  const upTo = timeline.events.findLast((event) => event.step <= step);
  const taken = timeline.story.takenBy(holder.id, object.number, (upTo?.index ?? -1) + 1);
  const when = taken === undefined ? "" : `, taken ${timeline.story.whenAndWhere(taken)}`;
  return [`${object.type} "${object.title}" is held by "${holder.title}"${when}.`];
}

// A condition variable, or a semaphore, must be notified: by whom it was, and will be.
function notifyWords({ timeline, step, moment }: Debugger, object: KernelObject): string[] {
  if (object.type !== "condition variable" && object.type !== "semaphore") return [];
  const verbs = object.type === "semaphore" ? ["release", "delete"] : ["notify"];
  const all = timeline.events.filter(
    (event) => event.kind === "step" && event.objectNumber === object.number && verbs.includes(event.text),
  );
  const past = all.filter((event) => event.step <= step);
  const future = all.filter((event) => event.step > step);
  const verb = object.type === "semaphore" ? "released" : "notified";
  const last = past.at(-1);
  const soFar =
    last === undefined
      ? `Nobody has ${verb} it so far.`
      : lastWords(effectOf(timeline.events, last), timeline.story.whenAndWhere(last), last, verb, past.length);
  const [next] = future;
  if (next !== undefined) return [soFar, `"${next.threadName}" will do so at step ${next.step}.`];
  return [soFar, moment.isEnd ? "Nobody is left who could." : "In this execution nobody will any more."];
}

function lastWords(
  effect: TraceEvent | undefined,
  where: string,
  last: TraceEvent,
  verb: string,
  times: number,
): string {
  const vain = effect?.value === 0 ? ", and found nobody" : "";
  const often = times > 1 ? ` (${counted(times, "time")} in all)` : "";
  return `"${last.threadName}" ${verb} it ${where}${vain}${often}.`;
}

function effectOf(events: readonly TraceEvent[], step: TraceEvent): TraceEvent | undefined {
  for (let place = step.index + 1; events[place]?.step === step.step; place++) {
    if (events[place]?.kind === "notified") return events[place];
  }
  return undefined;
}

function nextStepOf({ timeline, step }: Debugger, thread: Thread): TraceEvent | undefined {
  return timeline.events.find((event) => event.kind === "step" && event.thread === thread.id && event.step > step);
}

function endOf({ timeline }: Debugger, thread: Thread): number {
  return timeline.story.endOf(thread.id)?.step ?? 0;
}

function placeOf({ moment }: Debugger, thread: Thread): string {
  const frame = userFrame(moment.stackOf(thread));
  return frame === null ? "" : ` ${placeWords(frame)}`;
}
