// Lost wakeup: a notify that found nobody, the wait that began after it, and what the waiter could not see; a notify of
// one waiter that woke a thread which could not go on, while the one that could went on waiting; or an announcement that the
// waiter wiped out before it had looked.
//
// A condition variable, and a release of all waiters, have no memory. So what a waiter tests must be changed, and the
// notify sent, under the lock that its wait gives back: then no notify fits between its test and its wait.
// Only threads that are still waiting at the end are judged, and only when nothing else could have woken them. A daemon
// that waits for work has lost nothing: what was announced it saw when it looked again.

import type { Judge, Verdict } from "#judges/judge";
import { at } from "#judges/places";
import { objectWords, quoted, type Story } from "#report/story";
import { unseenChange } from "#report/announcement";
import { overwrittenHint, overwrittenIn, overwrittenSentences, type Overwritten } from "#report/overwritten";
import { passedOverOf, type PassedOver } from "#report/passed-over";
import {
  MISSED_SELECT_HINT,
  missedSelect,
  missedSelectSentences,
  poolWords,
  type MissedSelect,
} from "#report/select-wakeup";
import { lostNotifyOf, wastedNotifyOf, type WastedNotify } from "#report/wakeup";
import type { TraceEvent } from "#trace/event";

export const lostWakeup: Judge = {
  name: "lost-wakeup",
  about: "a notify that found nobody, or woke one that could not go on, and a wait that never ends",

  judge({ story, outcome }) {
    if (outcome.kind !== "deadlock" && outcome.kind !== "livelock") return [];
    const wiped = overwrittenIn(story, outcome).map((each) => wipedVerdict(story, each));
    const missing = outcome.waiting.flatMap((waiting) => {
      const missed = missedSelect(story, waiting);
      if (missed !== null) return [selectVerdict(story, missed)];
      const lost = lostNotifyOf(story, waiting);
      if (lost !== null) return [verdict(story, lost.notify, lost.began)];
      const wasted = waiting.daemon ? null : wastedNotifyOf(story, waiting);
      if (wasted !== null) return [wastedVerdict(story, wasted)];
      const passed = waiting.daemon ? null : passedOverOf(story, waiting);
      return passed === null ? [] : [passedVerdict(story, passed)];
    });
    return [...missing, ...wiped];
  },
};

function lost(subject: string, said: Pick<Verdict, "message" | "evidence" | "hint">): Verdict {
  return { judge: lostWakeup.name, subject, kind: "deadlock", hasHappened: true, ...said };
}

function verdict(story: Story, notify: TraceEvent, began: TraceEvent): Verdict {
  const what = objectWords(began);
  const unlocked = story.last(
    began.index,
    (event) => event.kind === "unlocked" && event.thread === began.thread && event.step === began.step,
  );
  const lock = unlocked === undefined ? "" : objectWords(unlocked);
  return lost(what, {
    message: `the notify of ${what}${at(story, notify)} found nobody, and ${quoted(began)} began to wait for it only after that${at(story, began)}`,
    evidence: [
      `${quoted(notify)} notified ${what} ${story.whenAndWhere(notify)}: nobody was waiting, and a notify is not remembered.`,
      `${quoted(began)} began to wait ${story.whenAndWhere(began)}${lock === "" ? "" : `, giving back ${lock}`}; nothing has woken it since.`,
      ...unseenChange(story, notify, began),
    ],
    hint:
      lock === ""
        ? "Let the wait have a lock; change what its test reads under that lock, and notify under it."
        : `Under ${lock}: set what the waiter's test reads, and notify. Then the notify comes before the test, or after the wait has begun.`,
  });
}

function passedVerdict(story: Story, { change, notify, woken, began }: PassedOver): Verdict {
  const what = objectWords(began);
  return lost(what, {
    message: `the notify of one waiter of ${what}${at(story, notify)} woke another thread, and ${quoted(began)} waits${at(story, began)}, though what it waits for has changed, too (${change.text})${at(story, change)}`,
    evidence: [
      `${quoted(began)} began to wait ${story.whenAndWhere(began)}.`,
      `${quoted(change)} set ${change.text} ${story.whenAndWhere(change)}, and notified one waiter ${story.whenAndWhere(notify)}: it woke ${quoted(woken)}.`,
      `Nobody has changed that since: ${quoted(began)} could have gone on as well, and was not told.`,
    ],
    hint: `Notify all waiters of ${what} where what is announced is for all of them.`,
  });
}

function wipedVerdict(story: Story, wiped: Overwritten): Verdict {
  const { change, over, began } = wiped;
  return lost(objectWords(began), {
    message: `what ${quoted(change)} announced by ${change.text}${at(story, change)} was wiped out by ${quoted(over)}, which set ${over.text}${at(story, over)} without having looked, and waited for ${objectWords(began)}${at(story, began)}`,
    evidence: overwrittenSentences(story, wiped),
    hint: overwrittenHint(wiped),
  });
}

function selectVerdict(story: Story, missed: MissedSelect): Verdict {
  const { notify, joined } = missed;
  const pool = poolWords(joined);
  return lost(pool, {
    message: `the notify of ${pool}${at(story, notify)} found ${quoted(joined)} not there yet: its select hook had looked before, and put it there only after that${at(story, joined)}`,
    evidence: missedSelectSentences(story, missed),
    hint: MISSED_SELECT_HINT,
  });
}

function wastedVerdict(story: Story, { notify, again, began }: WastedNotify): Verdict {
  const what = objectWords(began);
  return lost(what, {
    message: `the notify of one waiter of ${what}${at(story, notify)} woke ${quoted(again)}, which could not go on${at(story, again)}, while ${quoted(began)} waits${at(story, began)}`,
    evidence: [
      `${quoted(began)} began to wait ${story.whenAndWhere(began)}.`,
      `${quoted(notify)} notified one waiter ${story.whenAndWhere(notify)}: it woke ${quoted(again)}.`,
      `${quoted(again)} looked, changed nothing, and waited again ${story.whenAndWhere(again)}; nobody else was told.`,
    ],
    hint: `Notify all waiters of ${what}, or use a condition variable for each condition that is waited for.`,
  });
}
