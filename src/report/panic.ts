// A panic in words: what its text means (facts: haiku.md, section 2, "reading the panic"), and who brought it about.

import { withArticle } from "#base/article";
import type { Explanation } from "#report/explanation";
import { blockSentences, freedUse, freeHint, innerLockWords, touchBefore } from "#report/memory";
import { objectWords, quoted, type Story } from "#report/story";
import type { Outcome } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export function explainPanic(story: Story, outcome: Outcome): Explanation {
  const text = outcome.message.trim();
  const panic = story.last(story.events.length, (event) => event.kind === "panicked");
  if (panic === undefined) return { title: `panic: ${text}`, sentences: [], hints: [] };
  const who = `${quoted(panic)} panicked ${story.whenAndWhere(panic)}`;
  const quote = `${who}: "${text}".`;
  return (
    cause(story, panic, text, quote) ?? {
      title: `panic: ${text}`,
      sentences: [quote, ...soFar(story, panic)],
      hints: [],
    }
  );
}

function cause(story: Story, panic: TraceEvent, text: string, quote: string): Explanation | null {
  const touch = touchBefore(story, panic);
  if (touch !== undefined && /is already freed|double free/.test(text)) return doubleFree(story, touch, quote);
  if (touch !== undefined && /deadbeef|guarded heap|unhandled page fault/.test(text))
    return useAfterFree(story, panic, touch, text, quote);
  if (/value:? cccccccc/.test(text) || /0xcccccccc/.test(text)) return freshMemory(story, panic, quote);
  if (text.includes("using uninitialized lock")) return uninitialized(story, panic, quote);
  if (/value:? 1\)/.test(text)) return secondAcquisition(story, panic, quote);
  if (text.includes("double lock")) return doubleLock(story, panic, quote);
  return notTheHolder(story, panic, text, quote);
}

function useAfterFree(story: Story, panic: TraceEvent, touch: TraceEvent, text: string, quote: string): Explanation {
  const use = freedUse(story, touch);
  const isLock = panic.object !== "" && /value:? deadbeef/.test(text);
  const what = isLock ? objectWords(panic) : touch.text.replace(/^(read|write|use) of /, "");
  const meaning = isLock
    ? `${quoted(panic)} was about to take ${innerLockWords(panic)} and found deadbeef in its word: that is no second owner, it is the fill of freed memory. The ${panic.objectType} lies in ${withArticle(touch.object)} that is gone.`
    : `This is freed memory: ${touch.text} in ${withArticle(touch.object)} that is gone.`;
  const sentences = [quote, meaning, ...blockSentences(story, use), ...waitedBefore(story, panic)];
  return {
    title: `panic: use after free of ${what}${touch.object === "" ? "" : `, in a freed ${touch.object}`}`,
    sentences,
    hints: [freeHint(story, use)],
  };
}

// A thread that takes its lock again had waited: it was alive in the block all the time.
function waitedBefore(story: Story, panic: TraceEvent): string[] {
  const step = story.stepOf(panic);
  if (step?.text !== "lock again") return [];
  const began = story.last(panic.index, (event) => event.kind === "blocked" && event.thread === panic.thread);
  const woken = story.last(panic.index, (event) => event.kind === "woken" && event.thread === panic.thread);
  if (began === undefined) return [];
  const by = woken === undefined ? undefined : story.last(story.events.length, (event) => event.thread === woken.other);
  const wokenWords =
    woken === undefined || by === undefined || woken.other === 0
      ? ""
      : `, was woken by ${quoted(by)} ${story.when(woken)}`;
  return [
    `${quoted(panic)} had waited on ${objectWords(began)} since ${sinceWords(story, began)}${wokenWords}, and was taking its lock again, as every wait does at its end.`,
  ];
}

function sinceWords(story: Story, event: TraceEvent): string {
  return event.inSetup ? "the set-up" : `step ${event.step}`;
}

function doubleFree(story: Story, touch: TraceEvent, quote: string): Explanation {
  const use = freedUse(story, touch);
  return {
    title: `panic: double free of ${withArticle(touch.object)}`,
    sentences: [
      quote,
      `${quoted(touch)} frees ${withArticle(touch.object)} a second time.`,
      ...blockSentences(story, use),
    ],
    hints: [`Let one place alone free the ${touch.object}.`],
  };
}

function freshMemory(story: Story, panic: TraceEvent, quote: string): Explanation {
  const allocated = story.last(
    panic.index,
    (event) => event.kind === "allocated" && event.objectNumber === panic.value,
  );
  const what = panic.object === "" ? "what it used" : objectWords(panic);
  const where =
    allocated === undefined
      ? ""
      : ` It lies in ${withArticle(allocated.object)} that ${quoted(allocated)} allocated ${story.whenAndWhere(allocated)}.`;
  return {
    title: `panic: ${what} was never initialised`,
    sentences: [
      quote,
      `cccccccc is the fill of fresh memory: nobody has written ${what} since it was allocated.${where}`,
    ],
    hints: ["malloc gives memory as it is: initialise every lock and field in it before anybody can see it."],
  };
}

function uninitialized(story: Story, panic: TraceEvent, quote: string): Explanation {
  const lock = panic.object === "" ? "the lock" : objectWords(panic);
  const destroyed = story.last(
    panic.index,
    (event) => event.kind === "step" && event.text === "destroy" && event.objectNumber === panic.objectNumber,
  );
  if (destroyed === undefined) {
    return {
      title: `panic: ${lock} is used before it is initialised`,
      sentences: [
        quote,
        `Its memory reads zero. No step destroys ${lock}: it was never initialised, or it was overwritten with zeros.`,
      ],
      hints: [`Call init on ${lock} before the first thread can lock it.`],
    };
  }
  return {
    title: `panic: ${lock} is used after it was destroyed`,
    sentences: [
      quote,
      `${quoted(destroyed)} had destroyed ${lock} ${story.whenAndWhere(destroyed)}; a destroyed lock reads as zero-filled memory.`,
    ],
    hints: [`Destroy ${lock} only where nobody can come to it any more (the free hook), or initialise it again.`],
  };
}

function secondAcquisition(story: Story, panic: TraceEvent, quote: string): Explanation {
  const what = panic.object === "" ? "The spinlock" : objectWords(panic);
  const taken = story.last(
    panic.index,
    (event) =>
      event.kind === "step" &&
      event.objectNumber === panic.objectNumber &&
      event.text === "acquire spinlock" &&
      event.step < panic.step,
  );
  const by =
    taken === undefined ? "" : ` ${quoted(taken)} took it ${story.whenAndWhere(taken)} and has not given it back.`;
  return {
    title: `panic: ${what} is taken a second time`,
    sentences: [quote, `The value 1 means a genuine second acquisition: the lock is held, not overwritten.${by}`],
    hints: ["Release the spinlock on every way out, and do nothing that can wait while it is held."],
  };
}

function doubleLock(story: Story, panic: TraceEvent, quote: string): Explanation {
  const step = story.stepOf(panic);
  const taken = step === undefined ? undefined : story.takenBy(panic.thread, step.objectNumber, step.index);
  const what = step === undefined ? "its lock" : objectWords(step);
  const by = taken === undefined ? "" : ` It took it ${story.whenAndWhere(taken)}.`;
  return {
    title: `panic: ${quoted(panic)} locks ${what} twice`,
    sentences: [quote, `${quoted(panic)} holds ${what} already.${by}`],
    hints: ["Unlock before calling what locks again, or use a recursive lock."],
  };
}

// Texts that name a thread by its number: who that is, and since when it holds the lock.
function notTheHolder(story: Story, panic: TraceEvent, text: string, quote: string): Explanation | null {
  const holder = Number(/(?:is held by|current holder) (-?\d+)/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isNaN(holder)) return null;
  const lock = panic.object === "" ? "the lock" : objectWords(panic);
  const destroys = text.includes("destroy");
  const verb = destroys ? "destroys" : "unlocks";
  const any = story.last(panic.index, (event) => event.thread === holder && holder > 0);
  const taken = any === undefined ? undefined : story.takenBy(holder, panic.objectNumber, panic.index);
  const since = taken === undefined ? "" : `, taken ${story.whenAndWhere(taken)}`;
  const state =
    any === undefined
      ? holder === 0
        ? "It is not initialised."
        : `Nobody holds it.${givenBack(story, panic)}`
      : `${quoted(any)} holds it${since}.`;
  return {
    title: `panic: ${quoted(panic)} ${verb} ${lock}, which it does not hold`,
    sentences: [quote, state],
    hints: [
      destroys
        ? `Destroy ${lock} only when nobody can hold it or come to it any more.`
        : `Unlock ${lock} only on the ways on which it was locked, and once.`,
    ],
  };
}

// For a panic whose text says enough: what its thread did last.
function soFar(story: Story, panic: TraceEvent): string[] {
  const step = story.stepOf(panic);
  if (step === undefined || step.object === "") return [];
  return [`It was in this operation: ${step.text} ${objectWords(step)}.`];
}

// Who unlocks a second time has done so a first time.
function givenBack(story: Story, { thread, objectNumber, index }: TraceEvent): string {
  const unlock = story.last(index, (event) => event.kind === "unlocked" && event.objectNumber === objectNumber);
  const taken = story.takenBy(thread, objectNumber, index);
  if (unlock?.thread !== thread || taken === undefined || taken.index > unlock.index) return "";
  return ` ${quoted(unlock)} took it ${story.whenAndWhere(taken)}, and gave it back ${story.whenAndWhere(unlock)}.`;
}
