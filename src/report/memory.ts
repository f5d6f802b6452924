// Freed memory that is used, blocks that are never freed: who allocated, who freed, who touched.

import { withArticle } from "#base/article";
import { objectWords, quoted, type Story } from "#report/story";
import { counted } from "#report/text";
import type { TraceEvent } from "#trace/event";

/** What lies behind one use of freed memory. */
export interface FreedUse {
  readonly touch: TraceEvent;
  readonly freed: TraceEvent | undefined;
  readonly allocated: TraceEvent | undefined;
}

/** The block's story at this touch: its last free before it, and the allocation before that. */
export function freedUse(story: Story, touch: TraceEvent): FreedUse {
  const freed = story.last(touch.index, (event) => isAbout(event, touch) && event.kind === "freed");
  const allocated = story.last(
    freed?.index ?? touch.index,
    (event) => isAbout(event, touch) && event.kind === "allocated",
  );
  return { touch, freed, allocated };
}

/** The touch of freed memory that a panic stumbled over: the last one of its thread in its step. */
export function touchBefore(story: Story, panic: TraceEvent): TraceEvent | undefined {
  return story.last(
    panic.index,
    (event) => event.kind === "touched-freed" && event.thread === panic.thread && event.step === panic.step,
  );
}

/** Who freed the block and who had allocated it, as sentences. */
export function blockSentences(story: Story, { touch, freed, allocated }: FreedUse): string[] {
  const sentences: string[] = [];
  if (freed !== undefined)
    sentences.push(`${quoted(freed)} had freed that ${touch.object} ${story.whenAndWhere(freed)}.`);
  if (allocated !== undefined) {
    sentences.push(`It was allocated by ${quoted(allocated)} ${story.whenAndWhere(allocated)}.`);
  }
  return sentences;
}

/** What to do about a block that is freed while others are still inside. */
export function freeHint(story: Story, { touch, freed }: FreedUse): string {
  if (freed === undefined) return `Nobody may use ${withArticle(touch.object)} after its free.`;
  const inClose = /close/i.test(`${story.placeOf(freed)?.name ?? ""} ${story.hookAt(freed)}`);
  if (inClose) {
    return `close is called while others may still be inside read, write or ioctl: there only wake them and refuse new waits. free is called when nobody is inside any more, and is the only place to free the ${touch.object}.`;
  }
  return `Free the ${touch.object} only when nobody can be using it any more: here ${quoted(touch)} still was.`;
}

/** Uses of freed memory that did not panic, each thread and block once; `except` is told elsewhere. */
export function silentUses(story: Story, except: TraceEvent | undefined): string[] {
  const seen = new Set<string>();
  const sentences: string[] = [];
  for (const touch of story.ofKind("touched-freed")) {
    const key = `${touch.thread} ${touch.objectNumber} ${touch.text}`;
    const isTold = except !== undefined && touch.thread === except.thread && touch.objectNumber === except.objectNumber;
    if (seen.has(key) || isTold) continue;
    seen.add(key);
    const { freed } = freedUse(story, touch);
    const by = freed === undefined ? "" : `; ${quoted(freed)} had freed it ${story.whenAndWhere(freed)}`;
    sentences.push(
      `Use after free that went on without a panic: ${touch.text} in a freed ${touch.object} by ${quoted(touch)} ${story.whenAndWhere(touch)}${by}.`,
    );
  }
  return sentences;
}

/** What threads allocated and nobody freed, alike ones counted. What is made before they run lives with the kernel. */
export function leakSentences(story: Story): string[] {
  const leaks = new Map<string, number>();
  for (const allocated of neverFreed(story)) {
    const words = `${allocated.object}|allocated by ${quoted(allocated)} ${story.whenAndWhere(allocated)}`;
    leaks.set(words, (leaks.get(words) ?? 0) + 1);
  }
  return [...leaks].map(([words, count]) => {
    const [type = "", rest = ""] = words.split("|");
    return `${counted(count, type)} ${count === 1 ? "was" : "were"} never freed: ${rest}.`;
  });
}

// By threads, in the order in which they were made. From the end on, since a free comes after the block was made.
function neverFreed({ events }: Story): readonly TraceEvent[] {
  const freed = new Set<string>();
  const leaks: TraceEvent[] = [];
  for (let place = events.length - 1; place >= 0; place--) {
    const event = events[place];
    if (event === undefined) continue;
    const block = `${event.objectNumber} ${event.objectType}`;
    if (event.kind === "freed") freed.add(block);
    else if (event.kind === "allocated" && event.thread !== 0 && !freed.has(block)) leaks.push(event);
  }
  return leaks.reverse();
}

/** The lock's part of a use after free: `the spinlock inside mutex "read lock"`. */
export function innerLockWords(panic: TraceEvent): string {
  return panic.objectType === "spinlock" ? objectWords(panic) : `the spinlock inside ${objectWords(panic)}`;
}

function isAbout(event: TraceEvent, other: TraceEvent): boolean {
  return event.objectNumber === other.objectNumber && event.objectType === other.objectType;
}
