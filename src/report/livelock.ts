// A livelock in words: who goes round, what each does in a round, what it looks at, and who could change that.
//
// Invariant: a loop is told from the last rounds of its own thread, however the others' rounds stand between them.

import { isBefore, stepWords } from "#report/lines";
import type { Explanation } from "#report/explanation";
import { fold } from "#report/fold";
import { placeWords, quoted, type Story } from "#report/story";
import { counted, listed } from "#report/text";
import type { Outcome, Waiting } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export function explainLivelock(story: Story, outcome: Outcome): Explanation {
  const polling = new Set(story.ofKind("watched").map((event) => event.thread));
  const loops = new Set([...polling, outcome.thread]);
  const told = [...loops].flatMap((thread) => loopSentences(story, thread));
  return {
    title: `livelock: ${outcome.message}`,
    sentences: [
      ...(told.length === 0 ? ["Threads run, and nothing that anybody could see ever changes."] : told),
      ...othersSentence(outcome, loops),
    ],
    hints: [polling.size === 0 ? SECTION_HINT : hint(story, polling)],
  };
}

/** A loop with interrupts off on the only CPU. */
const SECTION_HINT =
  "Whoever would have to change what this loop tests cannot run before interrupts are on again: never wait for another thread with interrupts off.";

// One thread's loop, and what it looks at.
function loopSentences(story: Story, thread: number): string[] {
  const steps = story.ofKind("step").filter((event) => event.thread === thread && !isBefore(event));
  const last = fold(steps, (event) => stepKey(story, event)).findLast((each) => each.times > 1);
  const [first] = last?.items ?? [];
  if (last === undefined || first === undefined) return [];
  const doings = last.items.filter((event) => stepWords(story, event) !== "sleep is over");
  const words = (doings.length === 0 ? last.items : doings).map(
    (event) => `${stepWords(story, event)}${story.where(event)}`,
  );
  const loop = `${quoted(first)} goes round ${counted(last.times, "time")}: ${words.join("; then ")}.`;
  return [loop, ...lookSentence(story, thread, last.items)];
}

function stepKey(story: Story, event: TraceEvent): string {
  const place = story.placeOf(event);
  return `${stepWords(story, event)} ${event.objectNumber} ${place?.file ?? ""}:${place?.line ?? 0}`;
}

function lookSentence(story: Story, thread: number, round: readonly TraceEvent[]): string[] {
  const watched = story
    .ofKind("watched")
    .filter((event) => event.thread === thread && event.objectType !== "clock" && event.objectType !== "thread");
  if (watched.length === 0) return [];
  const words = watched.map((event) => `${lookedAt(event)}${readWhere(story, event, round)}`);
  const change = watched.length === 1 ? "that" : "one of these";
  return [`It looks at ${listed(words)}: somebody else would have to change ${change}, and nobody is left who does.`];
}

function lookedAt(event: TraceEvent): string {
  return `${event.objectType} "${event.object}"${event.text === "" ? "" : ` (${event.text})`}`;
}

// A plain read has a place of its own; an operation's stands in the loop already.
function readWhere(story: Story, watched: TraceEvent, round: readonly TraceEvent[]): string {
  const steps = new Set(round.map((event) => event.step));
  const read = story.events.find(
    (event) => event.kind === "read" && event.objectNumber === watched.objectNumber && steps.has(event.step),
  );
  const frame = read === undefined ? null : story.placeOf(read);
  return frame === null ? "" : `, read ${placeWords(frame)}`;
}

function othersSentence(outcome: Outcome, loops: ReadonlySet<number>): string[] {
  const others = outcome.waiting.filter((waiting) => !waiting.daemon && !loops.has(waiting.id));
  if (others.length === 0) return [];
  return [`Not done either: ${listed(others.map(waitWords))}.`];
}

function waitWords({ thread, operation, object, objectType, holder }: Waiting): string {
  if (object === "") return `"${thread}", which waits to ${operation}`;
  return `"${thread}", which waits for ${objectType} "${object}"${holder === "" ? "" : ` held by "${holder}"`}`;
}

function hint(story: Story, loops: ReadonlySet<number>): string {
  const sleeps = story.ofKind("expired").some((event) => loops.has(event.thread));
  const wait = "wait on a condition variable instead, and see that somebody notifies it";
  return sleeps
    ? `A loop that polls ends only if somebody else changes what it tests: ${wait}.`
    : `A loop that spins ends only if somebody else changes what it tests, and takes a CPU until then: ${wait}.`;
}
