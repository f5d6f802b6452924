// From a trace and an outcome to an explanation: one file for each kind of outcome, and what any of them may add.

import { explainDeadlock } from "#report/deadlock";
import { delaysNeeded, isMatterOfTime, snoozeHints } from "#report/delay";
import { explainAssertion, explainLeak, explainOutOfSteps } from "#report/endings";
import type { Explanation, Ruling } from "#report/explanation";
import { freedUse, freeHint, silentUses, touchBefore } from "#report/memory";
import { explainLivelock } from "#report/livelock";
import { explainPanic } from "#report/panic";
import { withNamesApart } from "#report/same-names";
import { Story } from "#report/story";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export interface ExplainOptions {
  /** In measured time nobody is delayed at will, and nothing is said about delays. Default: adversarial. */
  readonly time?: "adversarial" | "measured";
  /** What judges say of it: if the outcome is one's verdict, that explains it. */
  readonly rulings?: readonly Ruling[];
}

/** Says in plain words why an execution ended as it did. `trace` is with stacks. */
export function explain(trace: readonly TraceEvent[], end: Outcome, options: ExplainOptions = {}): Explanation {
  const ruling = headlineOf(options.rulings ?? [], end);
  if (ruling !== undefined) return explainRuling(ruling, end);
  const { events, outcome } = withNamesApart(trace, end);
  const story = new Story(events);
  const { title, sentences, waits = [], hints } = byKind(story, outcome);
  const panic = story.last(events.length, (event) => event.kind === "panicked");
  const told = panic === undefined ? undefined : touchBefore(story, panic);
  const delays = options.time === "measured" || !isMatterOfTime(outcome) ? [] : delaysNeeded(story, outcome);
  const uses = silentUses(story, told);
  const touch = uses.length === 0 ? undefined : story.events.find((event) => event.kind === "touched-freed");
  const freeHints = touch === undefined ? [] : [freeHint(story, freedUse(story, touch))];
  return {
    title: outcome.inSetup ? `${title} (in the set-up)` : title,
    sentences: [...sentences, ...delays.map((delay) => delay.sentence), ...uses],
    waits,
    hints: [...new Set([...hints, ...freeHints, ...snoozeHints(delays)])],
  };
}

/** The ruling that is the outcome of an execution which finished; undefined for one that failed by itself. */
export function headlineOf(rulings: readonly Ruling[], outcome: Outcome): Ruling | undefined {
  return rulings.find(({ message }) => message === outcome.message);
}

/** Judges whose verdict on a failure is what its explanation says anyway. */
const TOLD = ["deadlock", "lost-wakeup", "use-after-free", "double-free", "uninitialised", "false-cure", "leak"];

/** What judges say beside the explanation: nothing that it says already. */
export function besides<R extends Ruling>(rulings: readonly R[], outcome: Outcome): readonly R[] {
  const headline = headlineOf(rulings, outcome);
  return rulings.filter((ruling) => ruling !== headline && (headline !== undefined || !TOLD.includes(ruling.judge)));
}

function explainRuling({ message, evidence, hint }: Ruling, { kind }: Outcome): Explanation {
  return { title: kind === "leak" ? `leak: ${message}` : message, sentences: evidence, hints: [hint] };
}

function byKind(story: Story, outcome: Outcome): Explanation {
  switch (outcome.kind) {
    case "panic":
      return explainPanic(story, outcome);
    case "deadlock":
      return explainDeadlock(story, outcome);
    case "livelock":
      return explainLivelock(story, outcome);
    case "assertion":
      return explainAssertion(story, outcome);
    case "leak":
      return explainLeak(story, outcome);
    case "out-of-steps":
      return explainOutOfSteps(story, outcome);
    case "diverged":
      return { title: `diverged: ${outcome.message}`, sentences: [outcome.message], hints: [] };
    case "finished":
      return { title: "finished", sentences: [], hints: [] };
  }
}
