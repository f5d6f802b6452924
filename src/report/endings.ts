// The plainer outcomes in words: a failed assertion, a leak, an execution without an end.

import { parseStack } from "#trace/stack";
import type { Explanation } from "#report/explanation";
import { fold } from "#report/fold";
import { isBefore, stepWords } from "#report/lines";
import { leakSentences } from "#report/memory";
import { isSystemFile, placeWords, quoted, userFrame, type Story } from "#report/story";
import type { Frame, TraceEvent } from "#trace/event";
import { counted } from "#report/text";
import type { Outcome } from "#kernel/outcome";

/** Of the last writes to shared data before an assertion, as many as help. */
const WRITES_MOST = 6;

export function explainAssertion(story: Story, outcome: Outcome): Explanation {
  const failed = story.last(story.events.length, (event) => event.kind === "failed");
  const frame = userPlace(story, outcome, failed);
  const place = frame === null ? "" : ` ${placeWords(frame)}`;
  const who =
    failed === undefined
      ? `At the end, a judge${place} says: ${outcome.message}.`
      : `${quoted(failed)} failed ${story.when(failed)}${place}: ${outcome.message}.`;
  return { title: `assertion: ${outcome.message}`, sentences: [who, ...lastWrites(story)], hints: [] };
}

// What the system itself throws, about a hook's result say, is the fault of whoever called: its own lines say nothing.
function userPlace(story: Story, outcome: Outcome, failed: TraceEvent | undefined): Frame | null {
  const thrown = userFrame(parseStack(outcome.stack));
  if (thrown === null || !isSystemFile(thrown.file)) return thrown;
  const called = failed === undefined ? null : story.placeOf(failed);
  return called === null || isSystemFile(called.file) ? null : called;
}

// An assertion is about data, and this is where it came from.
function lastWrites(story: Story): string[] {
  const writes = story
    .ofKind("access")
    .filter((event) => !isBefore(event))
    .slice(-WRITES_MOST);
  if (writes.length === 0) return [];
  const words = writes.map((event) => `${event.text} by ${quoted(event)} ${story.whenAndWhere(event)}`);
  return [`The last writes before it: ${words.join("; ")}.`];
}

export function explainLeak(story: Story, outcome: Outcome): Explanation {
  return { title: `leak: ${outcome.message}`, sentences: leakSentences(story), hints: [] };
}

export function explainOutOfSteps(story: Story, outcome: Outcome): Explanation {
  return {
    title: `out of steps: ${outcome.message}`,
    sentences: [
      "The execution was cut off there: this is a limit that was reached, not a verdict.",
      ...repetition(story),
    ],
    hints: [
      "A loop without an end is the usual cause; if the scenario is merely long, give it simulation: { maxSteps: ... }.",
    ],
  };
}

// The repetition that the trace ends in.
function repetition(story: Story): string[] {
  const steps = story.ofKind("step").filter((event) => !isBefore(event));
  const folds = fold(steps, (event) => {
    const place = story.placeOf(event);
    return `${event.thread} ${stepWords(story, event)} ${event.objectNumber} ${place?.file ?? ""}:${place?.line ?? 0}`;
  });
  const last = folds.findLast((each) => each.times > 1);
  if (last === undefined) return [];
  const words = last.items.map((event) => `${quoted(event)}: ${stepWords(story, event)}${story.where(event)}`);
  return [`Again and again, ${counted(last.times, "time")}: ${words.join("; then ")}.`];
}
