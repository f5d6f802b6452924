// What a failure needs from time: a sleep or a timed wait that ended while another thread was ready and had not run.
//
// Real threads are delayed without bound, so such a failure is real; and a snooze that makes it need a delay is a
// false cure: it only makes it rarer (facts: haiku.md, section 9).

import { placeWords, quoted, userFrame, type Story } from "#report/story";
import { thousands } from "#report/text";
import type { TraceEvent } from "#trace/event";
import type { Outcome } from "#kernel/outcome";

/** A delay without which this execution could not have happened. */
export interface Delay {
  readonly sentence: string;
  /** A snooze that somebody may take for a cure. That of a daemon outside any hook is not one: it plays hardware. */
  readonly isCure: boolean;
  readonly sleeper: string;
  /** Where it sleeps: ` in tun_close (file:line)`, or empty. */
  readonly place: string;
  readonly microseconds: number;
}

/** More than these would only repeat the point. */
const DELAYS_MOST = 3;

/** The delays behind an execution in adversarial time, one for each pair of threads and place. */
export function delaysNeeded(story: Story, outcome: Outcome): Delay[] {
  const delays = new Map<string, Delay>();
  for (const expired of story.ofKind("expired")) {
    if (expired.inSetup) continue;
    const began = story.last(expired.index, (event) => event.kind === "blocked" && event.thread === expired.thread);
    if (began === undefined) continue;
    for (const late of lateThreads(story, expired)) {
      if (!isInvolved(outcome, late.step.thread, expired.thread)) continue;
      const microseconds = began.value - Math.max(began.time, late.since.time);
      const key = `${late.step.thread} ${expired.thread} ${story.where(began)}`;
      if (microseconds <= 0 || delays.has(key)) continue;
      delays.set(key, delay(story, began, late.step, microseconds));
    }
    for (const started of neverRan(story, expired, began, outcome)) {
      const key = `${started.other} ${expired.thread} ${story.where(began)}`;
      if (!delays.has(key)) delays.set(key, trustedDelay(story, began, started));
    }
  }
  return [...delays.values()].slice(0, DELAYS_MOST);
}

// Threads that were ready when the sleep ended: each with its next step, and the event since which it was ready.
function lateThreads(story: Story, expired: TraceEvent): { step: TraceEvent; since: TraceEvent }[] {
  const nextSteps = new Map<number, TraceEvent>();
  for (const event of story.events.slice(expired.index)) {
    if (event.kind === "step" && event.thread !== expired.thread && !nextSteps.has(event.thread))
      nextSteps.set(event.thread, event);
  }
  const late: { step: TraceEvent; since: TraceEvent }[] = [];
  for (const step of nextSteps.values()) {
    const since = story.last(
      expired.index,
      (event) =>
        event.thread === step.thread && (event.kind === "blocked" || event.kind === "woken" || event.kind === "step"),
    );
    if (since === undefined || since.kind === "blocked" || becameAble(story, expired, step)) continue;
    late.push({ step, since });
  }
  return late;
}

// Whether something between the sleep's end and the step was what the step had been waiting for.
function becameAble(story: Story, expired: TraceEvent, step: TraceEvent): boolean {
  const enabling = story.first(expired.index + 1, (event) => {
    if (event.index >= step.index || event.thread === step.thread) return event.index >= step.index;
    if (event.kind === "exited") return step.text === "wait for thread" && step.object === event.threadName;
    const gives = event.kind === "unlocked" || (event.kind === "step" && event.text === "release");
    return gives && event.objectNumber === step.objectNumber;
  });
  return enabling !== undefined && enabling.index < step.index;
}

// Threads that the sleeper had started, that had done nothing when its sleep ended, nor when it then looked at data and
// failed: it slept to let them go first.
function neverRan(story: Story, expired: TraceEvent, began: TraceEvent, outcome: Outcome): TraceEvent[] {
  const looked = story.first(expired.index, ({ kind, thread }) => kind === "read" && thread === expired.thread);
  if (outcome.thread !== expired.thread || looked === undefined || began.text !== "snooze") return [];
  return story
    .ofKind("spawned")
    .filter(({ thread, index }) => thread === expired.thread && index < began.index)
    .filter(({ other }) => !story.events.some(({ kind, thread }) => thread === other && DOES.has(kind)));
}

/** Events of a thread that has got somewhere. */
const DOES: ReadonlySet<string> = new Set(["access", "acquired", "blocked", "exited", "expired", "notified"]);

function trustedDelay(story: Story, began: TraceEvent, started: TraceEvent): Delay {
  const length = began.value - began.time;
  const name = `"${started.object}"`;
  const hasBegun = story.events.some(({ kind, thread }) => kind === "step" && thread === started.other);
  const plain = delay(story, began, started, length);
  return {
    ...plain,
    sentence: `${quoted(began)} had started ${name} ${story.when(started)}, and ${name} had ${hasBegun ? "only begun" : "not run yet"} when the snooze(${length}) of ${quoted(began)}${plain.place} ended: a thread may be delayed by more than ${thousands(length)} us.`,
  };
}

function isInvolved(outcome: Outcome, late: number, sleeper: number): boolean {
  const { waiting, thread } = outcome;
  // A daemon that waits for work, and for which nobody waits, has no part in it.
  const isAtRest = waiting.some(
    (each) => each.id === late && each.daemon && !waiting.some(({ holder }) => holder === each.thread),
  );
  const involved = [thread, ...waiting.map(({ id }) => id)];
  return !isAtRest && (thread === 0 || involved.includes(late) || involved.includes(sleeper));
}

function delay(story: Story, began: TraceEvent, late: TraceEvent, microseconds: number): Delay {
  const isSnooze = began.text === "snooze";
  const length = began.value - began.time;
  const frame = userFrame(story.framesAt(began));
  const place = frame === null ? "" : ` ${placeWords(frame)}`;
  const sleep = isSnooze ? `snooze(${length})` : `wait with a timeout of ${thousands(length)} us`;
  const part = microseconds === length ? "the length of" : "the rest of";
  return {
    sentence: `It happens only if ${quoted(late)} is delayed by more than ${thousands(microseconds)} us, ${part} the ${sleep} of ${quoted(began)}${place}: that ended while ${quoted(late)} was ready and had not run.`,
    isCure: isSnooze && !isHardware(story, began),
    place,
    sleeper: began.threadName,
    microseconds: length,
  };
}

// A daemon that sleeps outside any hook or syscall waits for nobody of the driver's: its sleep is when an interrupt comes.
function isHardware(story: Story, began: TraceEvent): boolean {
  if (story.hookAt(began) !== "") return false;
  const spawned = story.first(0, ({ kind, other }) => kind === "spawned" && other === began.thread);
  return spawned?.value === 1;
}

/** Whether such a failure may need somebody to be late. */
export function isMatterOfTime({ kind, happensInTime }: Outcome): boolean {
  if (happensInTime === true) return false;
  return kind === "panic" || kind === "deadlock" || kind === "assertion" || kind === "leak";
}

/** What a snooze among these delays is worth. */
export function snoozeHints(delays: readonly Delay[]): string[] {
  return delays
    .filter((each) => each.isCure)
    .map(
      (each) =>
        `The snooze(${each.microseconds}) of "${each.sleeper}" is no cure: it only makes the failure rarer. A busy CPU, an interrupt or a page fault delays a thread by more.`,
    );
}
