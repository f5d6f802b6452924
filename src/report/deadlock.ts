// A deadlock in words: each blocked thread, what it waits for, who has that, and who could have woken it.
//
// A daemon that waits alone is where it should be; it is named only when another thread waits for it, directly
// or through a chain, or when it waits for a lock that such a thread holds.

import type { Explanation } from "#report/explanation";
import { keptLocks } from "#report/kept-lock";
import { overwrittenHint, overwrittenIn, overwrittenSentences } from "#report/overwritten";
import { objectWords, placeWords, quoted, type Story, userFrame } from "#report/story";
import { counted, listed } from "#report/text";
import { unannouncedChange } from "#report/unannounced";
import { missingWakeup, type MissingWakeup } from "#report/wakeup";
import type { TraceEvent } from "#trace/event";
import type { Outcome, Waiting } from "#kernel/outcome";

/** A thread that waits, where it does so, and the thread that has what it wants. */
interface Wait {
  readonly waiting: Waiting;
  readonly event: TraceEvent | undefined;
  /** The holder's id; 0 when nobody holds it. */
  readonly holder: number;
}

export function explainDeadlock(story: Story, outcome: Outcome): Explanation {
  const waits = waitsThatMatter(story, outcome);
  const cycle = findCycle(waits);
  const sentences: string[] = [];
  const hints: string[] = [];
  const wakeups = new Map<Wait, MissingWakeup | null>(waits.map((wait) => [wait, missingWakeup(story, wait.waiting)]));
  const told = waits.map((wait) => waitSentence(story, wait));
  for (const [place, wait] of waits.entries()) {
    sentences.push(told[place] ?? "");
    const wakeup = wakeups.get(wait);
    const kept = wakeup?.lost === false ? keptLocks(story, wait.waiting) : [];
    const change = wakeup?.lost === false ? unannouncedChange(story, wait.waiting) : [];
    sentences.push(...(wakeup?.sentences ?? []), ...kept.map((each) => each.sentence), ...change);
    hints.push(...kept.map((each) => each.hint), ...(wakeup?.hints ?? []));
  }
  const [wiped] = overwrittenIn(story, outcome);
  if (wiped !== undefined) {
    sentences.push(...overwrittenSentences(story, wiped));
    hints.splice(0, hints.length, overwrittenHint(wiped));
  }
  if (cycle.length > 0) {
    sentences.push(cycleSentence(cycle));
    if (cycle.every((wait) => isLock(wait.waiting))) hints.push(orderHint(cycle));
  }
  const kept = waits.find((wait) => isLock(wait.waiting) && story.endOf(wait.holder) !== undefined);
  if (kept !== undefined) hints.push("Unlock on every way out, errors included: a guard does so by itself.");
  sentences.push(...signalSentences(story, waits), ...daemonSentence(outcome, waits));
  return {
    title: kept === undefined ? titleOf(waits, cycle, wakeups) : keptTitle(kept.waiting),
    sentences,
    waits: told,
    hints: [...new Set(hints)],
  };
}

function waitsThatMatter(story: Story, outcome: Outcome): Wait[] {
  const all = outcome.waiting.map((waiting): Wait => {
    const event = story.last(story.events.length, (each) => each.kind === "waiting" && each.thread === waiting.id);
    const named = outcome.waiting.find((other) => other.thread === waiting.holder)?.id ?? 0;
    return { waiting, event, holder: event?.other ?? named };
  });
  const matter = new Set(all.filter((wait) => !wait.waiting.daemon));
  // A set visits what is added while it is walked.
  for (const wait of matter) {
    const holder = all.find((other) => other.waiting.id === wait.holder);
    if (holder !== undefined) matter.add(holder);
    for (const other of all) if (isLock(other.waiting) && other.holder === wait.waiting.id) matter.add(other);
  }
  return [...matter];
}

function waitSentence(story: Story, { waiting, event, holder }: Wait): string {
  const where = waitPlace(story, waiting, event);
  const who = `"${waiting.thread}"${waiting.daemon ? " (a daemon)" : ""}`;
  if (waiting.object === "") return `${who} waits to ${waiting.operation}${where}.`;
  if (waiting.objectType === "thread") return `${who} waits for thread "${waiting.object}" to end${where}.`;
  const again = waiting.operation === "lock again" ? " again, after its wait" : "";
  return `${who} waits for ${objectWords(waiting)}${again}${where}${holderWords(story, waiting, holder)}.`;
}

function waitPlace(story: Story, waiting: Waiting, event: TraceEvent | undefined): string {
  const frame = event === undefined ? null : userFrame(event.frames);
  if (frame !== null) return ` ${placeWords(frame)}`;
  const last = story.last(story.events.length, (each) => each.thread === waiting.id && each.frames.length > 0);
  return last === undefined ? "" : story.where(last);
}

function holderWords(story: Story, waiting: Waiting, holder: number): string {
  if (waiting.holder === "") return "";
  const taken = story.takenBy(holder, waiting.objectNumber, story.events.length);
  const since = taken === undefined ? "" : `, taken ${story.whenAndWhere(taken)}`;
  const took = taken === undefined ? "held" : `took ${story.whenAndWhere(taken)}`;
  const ended = story.endOf(holder);
  if (holder === waiting.id) return `, which it holds itself${since}`;
  if (ended === undefined) return `, which "${waiting.holder}" holds${since}`;
  return `, which "${waiting.holder}" ${took} and never gave back: it ended ${story.when(ended)}`;
}

// Each thread waits for one other at most: who comes back to a thread already met has gone round.
function findCycle(waits: readonly Wait[]): Wait[] {
  for (const start of waits) {
    const path: Wait[] = [];
    let wait: Wait | undefined = start;
    while (wait !== undefined && !path.includes(wait)) {
      path.push(wait);
      const { holder }: Wait = wait;
      wait = waits.find((other) => other.waiting.id === holder);
    }
    if (wait === start) return path;
  }
  return [];
}

function cycleSentence(cycle: readonly Wait[]): string {
  const links = cycle.map(({ waiting }) => `"${waiting.thread}" -> ${objectWords(waiting)} -> `);
  return `The cycle: ${links.join("")}"${cycle[0]?.waiting.thread ?? ""}".`;
}

function isLock(waiting: Waiting): boolean {
  return waiting.holder !== "" && waiting.objectType !== "thread";
}

function orderHint(cycle: readonly Wait[]): string {
  if (cycle.length === 1) return `"${cycle[0]?.waiting.thread ?? ""}" waits for itself: it takes the same lock twice.`;
  const orders = cycle.map(({ waiting }) => {
    const held = cycle.find((other) => other.holder === waiting.id && other.waiting.id !== waiting.id);
    return held === undefined ? "" : `"${waiting.thread}" takes "${held.waiting.object}", then "${waiting.object}"`;
  });
  return `Take the locks in one order everywhere: here ${orders.filter((order) => order !== "").join("; ")}.`;
}

// Who was killed or interrupted may have left undone what the others wait for.
function signalSentences(story: Story, waits: readonly Wait[]): string[] {
  return story
    .ofKind("step")
    .filter(
      (event) => event.text === "signal" && !event.inSetup && !waits.some((wait) => wait.waiting.id === event.thread),
    )
    .map((event) => {
      const woken = story.first(event.index, (each) => each.step > event.step || each.kind === "woken");
      const ended =
        woken?.step === event.step && woken.object !== "" ? `, which ended its wait for ${objectWords(woken)}` : "";
      return `${quoted(event)} sent a signal to thread "${event.object}" ${story.whenAndWhere(event)}${ended}.`;
    });
}

function daemonSentence(outcome: Outcome, waits: readonly Wait[]): string[] {
  const others = outcome.waiting.filter((waiting) => waiting.daemon && !waits.some((wait) => wait.waiting === waiting));
  if (others.length === 0) return [];
  return [
    `${counted(others.length, "daemon")} besides, ${others.length === 1 ? "waiting as it" : "waiting as they"} may.`,
  ];
}

function keptTitle(waiting: Waiting): string {
  return `deadlock: "${waiting.holder}" ended with ${objectWords(waiting)} held, for which "${waiting.thread}" waits`;
}

function titleOf(
  waits: readonly Wait[],
  cycle: readonly Wait[],
  wakeups: ReadonlyMap<Wait, MissingWakeup | null>,
): string {
  const names = (among: readonly Wait[]): string => listed(among.map((wait) => `"${wait.waiting.thread}"`));
  const lost = waits.find((wait) => wakeups.get(wait)?.lost === true);
  if (lost !== undefined)
    return `deadlock: lost wakeup on ${objectWords(lost.waiting)}, for which "${lost.waiting.thread}" waits`;
  if (cycle.length > 1) return `deadlock: ${names(cycle)} wait for each other`;
  if (cycle.length === 1) return `deadlock: ${names(cycle)} waits for itself`;
  const unwoken = waits.find((wait) => wakeups.get(wait) !== null);
  if (unwoken !== undefined)
    return `deadlock: nobody wakes "${unwoken.waiting.thread}" from ${objectWords(unwoken.waiting)}`;
  return waits.length === 1 ? `deadlock: ${names(waits)} waits for ever` : `deadlock: ${names(waits)} wait for ever`;
}
