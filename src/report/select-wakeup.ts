// A thread that waits in select or poll, and that its driver's pool was told of too early: the notify came after the select
// hook had looked, and before it had put the caller into the pool.

import { quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";
import type { Waiting } from "#kernel/outcome";

/** What a select hook missed. */
export interface MissedSelect {
  /** The look of the hook at what the other thread then changed. */
  readonly looked: TraceEvent;
  readonly change: TraceEvent;
  /** The notify of the pool, as a read of it. */
  readonly notify: TraceEvent;
  /** The caller is put into the pool. */
  readonly joined: TraceEvent;
}

const HOOK = "select hook of ";

/** The notify that this thread has missed in one of its select hooks; null when it waits elsewhere or has missed none. */
export function missedSelect(story: Story, waiting: Waiting): MissedSelect | null {
  if (waiting.object !== "select" || waiting.objectType !== "semaphore") return null;
  const own = story.events.filter(({ thread, inSetup }) => thread === waiting.id && !inSetup);
  const looks: TraceEvent[] = [];
  for (const event of own) {
    if (event.kind === "enter") looks.length = 0;
    else if (event.kind === "read" && story.hookAt(event).includes(HOOK)) looks.push(event);
    const isJoining = event.kind === "access" && event.objectType === "select pool";
    const missed = isJoining ? missedBy(story, looks, event) : null;
    if (missed !== null) return missed;
  }
  return null;
}

function missedBy(story: Story, looks: readonly TraceEvent[], joined: TraceEvent): MissedSelect | null {
  for (const looked of looks) {
    const change = story.first(
      looked.index,
      ({ kind, thread, objectNumber }) =>
        kind === "access" && thread !== looked.thread && objectNumber === looked.objectNumber,
    );
    const notify = story.first(
      change?.index ?? Number.POSITIVE_INFINITY,
      ({ kind, thread, objectNumber }) =>
        kind === "read" && thread === change?.thread && objectNumber === joined.objectNumber,
    );
    if (change !== undefined && notify !== undefined && notify.index < joined.index)
      return { looked, change, notify, joined };
  }
  return null;
}

/** What happened, in order. */
export function missedSelectSentences(story: Story, { looked, change, notify, joined }: MissedSelect): string[] {
  return [
    `Lost wakeup: ${quoted(notify)} notified ${poolWords(joined)} ${story.whenAndWhere(notify)}, and ${quoted(joined)} was not in it: it was put there only after that, ${story.whenAndWhere(joined)}. A pool does not remember a notify.`,
    `What had changed: ${change.text}, set by ${quoted(change)} ${story.whenAndWhere(change)}; ${quoted(looked)} had read it ${story.whenAndWhere(looked)}.`,
  ];
}

/** `select pool "selects"`. */
export function poolWords(joined: TraceEvent): string {
  return `select pool "${joined.object}"`;
}

export const MISSED_SELECT_HINT =
  "In the select hook, put the caller into the pool and look whether the event is there already under one lock, held throughout: the lock under which it is changed and the pool notified.";
