// Deadlock: threads that wait for each other in a cycle, and threads that nobody is left to wake.
//
// Who is in a cycle never goes on, whatever the others do meanwhile. The cycle closed when its last thread came to its wait;
// threads outside it may run on, and the execution may end in quite another way: it is a deadlock all the same.
// A thread that nobody wakes is one only when nobody can run any more, and nothing better can be said of it: that a notify
// came too early is the judge lost-wakeup's, a lock that its holder never gave back the judge lock-held's.
// Not judged: waits with a timeout, which end by themselves.

import type { Case, Judge, Verdict } from "#judges/judge";
import { HeldLocks, takenWords } from "#judges/held-locks";
import { at } from "#judges/places";
import { cyclesOf, linksOf, type Link } from "#judges/wait-cycles";
import { keptLocks } from "#report/kept-lock";
import { touchBefore } from "#report/memory";
import { overwrittenIn } from "#report/overwritten";
import { passedOverOf } from "#report/passed-over";
import { objectWords, quoted, type Story } from "#report/story";
import { counted, listed } from "#report/text";
import { unannouncedChange } from "#report/unannounced";
import { missesWakeup, missingWakeup } from "#report/wakeup";
import type { Waiting } from "#kernel/outcome";
import type { TraceEvent } from "#trace/event";

export const deadlock: Judge = {
  name: "deadlock",
  about: "threads that wait for each other in a cycle, also while others run on; threads that nobody is left to wake",
  readsEnd: true,

  judge(execution) {
    const { story, events, outcome } = execution;
    if (outcome.kind === "panic") return [...takenTwice(execution), ...spunOn(execution)];
    const cycles = cyclesOf(linksOf(story, outcome.kind === "deadlock"));
    if (cycles.length === 0) return unwoken(execution);
    const held = new HeldLocks();
    for (const event of events) held.apply(event);
    return cycles.map((cycle) => verdict(story, cycle, held));
  },
};

function verdict(story: Story, cycle: readonly Link[], held: HeldLocks): Verdict {
  const names = cycle.map(({ wait }) => quoted(wait));
  const chain = cycle.map(({ wait }) => `${quoted(wait)} -> ${objectWords(wait)} -> `).join("");
  const who = cycle.length === 1 ? `${names[0]} waits for itself` : `${listed(names)} wait for each other`;
  return {
    judge: deadlock.name,
    subject: `${chain}${names[0]}`,
    kind: "deadlock",
    hasHappened: true,
    message: `${who} for ever: ${chain}${names[0]}`,
    evidence: [...cycle.map((link) => waitSentence(story, link, cycle, held)), closingSentence(story, cycle)],
    hint: remedy(cycle),
  };
}

function waitSentence(story: Story, { wait }: Link, cycle: readonly Link[], held: HeldLocks): string {
  const wanted = cycle.find(({ holder, wait: other }) => holder === wait.thread && other.objectType !== "thread")?.wait;
  const has = wanted === undefined ? "" : hasWords(story, wait, wanted, held);
  const what = wait.objectType === "thread" ? `thread "${wait.object}" to end` : objectWords(wait);
  return `${quoted(wait)}${has} waits for ${what}${story.where(wait)}.`;
}

// What its thread has that another one wants.
function hasWords(story: Story, { thread, index }: TraceEvent, wanted: TraceEvent, held: HeldLocks): string {
  const lock = held.of(thread).find(({ number }) => number === wanted.objectNumber);
  const taken = lock?.taken ?? story.takenBy(thread, wanted.objectNumber, index);
  return ` has ${objectWords(wanted)}${taken === undefined ? "" : `, taken ${takenWords(story, taken)}`}, and`;
}

function closingSentence(story: Story, cycle: readonly Link[]): string {
  const arrivals = cycle.map(({ wait }) =>
    story.last(wait.index, (event) => event.thread === wait.thread && event.kind !== "waiting"),
  );
  const last = arrivals.reduce((latest, event) => ((event?.index ?? -1) > (latest?.index ?? -1) ? event : latest));
  if (last === undefined) return "Nobody can open the cycle.";
  const others = story.events.filter((event) => event.kind === "step" && event.step > last.step);
  const ranOn =
    others.length === 0
      ? "nobody has taken a step since"
      : `others have taken ${counted(others.length, "step")} since, and cannot open it`;
  return `The cycle closed when ${quoted(last)} arrived there, after step ${last.step}; ${ranOn}.`;
}

function remedy(cycle: readonly Link[]): string {
  if (cycle.length === 1) return SELF_HINT;
  if (cycle.some(({ wait }) => wait.objectType === "thread"))
    return "Give back every lock that the other thread needs before waiting for its end.";
  return "Take these locks in one order everywhere, or give one back before taking the other.";
}

const SELF_HINT = "Unlock before calling what takes the same lock again, or use a recursive lock.";

// --- a lock that its holder takes again: a development kernel panics where a release kernel waits for ever ---

function takenTwice({ story, outcome }: Case): Verdict[] {
  const panic = story.last(story.events.length, (event) => event.kind === "panicked");
  if (panic === undefined || !/double lock of|twice on|for a long time/.test(outcome.message)) return [];
  const step = story.last(panic.index, (event) => event.kind === "step" && event.thread === panic.thread);
  if (step === undefined || touchBefore(story, panic) !== undefined) return [];
  const held = new HeldLocks();
  for (const event of story.events.slice(0, panic.index)) held.apply(event);
  const lock = held.of(panic.thread).find(({ number }) => number === step.objectNumber);
  if (lock === undefined) return [];
  const words = objectWords(step);
  return [
    {
      judge: deadlock.name,
      subject: `${quoted(panic)} ${words}`,
      kind: "panic",
      hasHappened: true,
      message: `${quoted(panic)} waits for itself: it takes ${words}${at(story, panic)}, and has it already`,
      evidence: [
        `${quoted(panic)} took ${words} ${takenWords(story, lock.taken)}.`,
        `It asks for it again ${story.whenAndWhere(panic)}. A development kernel panics here; a release kernel waits for ever.`,
      ],
      hint: SELF_HINT,
    },
  ];
}

// --- spinlocks that several CPUs take in a circle: the kernel panics where the last of them begins to spin ---

function spunOn({ story, events, outcome, simulation }: Case): Verdict[] {
  const panic = story.last(events.length, (event) => event.kind === "panicked");
  if (panic === undefined || !/for a long time/.test(outcome.message)) return [];
  const held = new HeldLocks();
  for (const event of events.slice(0, panic.index)) held.apply(event);
  // Each of them has interrupts off, and stands before a lock that another one has.
  const links: Link[] = simulation.threads.flatMap((thread) => {
    const wanted = thread.pendingObject?.number ?? -1;
    const holder = simulation.threads.find(({ id }) => held.of(id).some(({ number }) => number === wanted));
    const last = story.last(panic.index + 1, (event) => event.kind === "step" && event.thread === thread.id);
    if (!thread.interruptsOff || holder === undefined || holder === thread || last === undefined) return [];
    const lock = held.of(holder.id).find(({ number }) => number === wanted);
    if (lock === undefined) return [];
    return [{ wait: { ...last, object: lock.name, objectType: lock.type, objectNumber: wanted }, holder: holder.id }];
  });
  return cyclesOf(links)
    .filter((cycle) => cycle.some(({ wait }) => wait.thread === panic.thread))
    .map((cycle) => {
      const found = verdict(story, cycle, held);
      // The last sentence says when the cycle closed: here that is where it panicked.
      return { ...found, kind: "panic" as const, evidence: found.evidence.slice(0, -1) };
    });
}

// --- threads that nobody is left to wake ---

function unwoken({ story, outcome }: Case): Verdict[] {
  if (outcome.kind !== "deadlock") return [];
  const verdicts = new Map<string, Verdict>();
  const needed = neededThreads(story, outcome.waiting);
  // Who was not woken may have kept the others from being so.
  const isLost = (waiting: Waiting): boolean =>
    missesWakeup(story, waiting) || (!waiting.daemon && passedOverOf(story, waiting) !== null);
  if (needed.some(isLost) || overwrittenIn(story, outcome).length > 0) return [];
  for (const waiting of needed) {
    const missing = missingWakeup(story, waiting);
    if (missing === null) continue;
    const wait = story.ofKind("waiting").find((event) => event.thread === waiting.id);
    const kept = keptLocks(story, waiting);
    const place = wait === undefined ? "" : at(story, wait);
    const what = objectWords(waiting);
    const where = wait === undefined ? "" : story.where(wait);
    verdicts.set(`${what}${place}`, {
      judge: deadlock.name,
      subject: `nobody wakes ${what}${place}`,
      kind: "deadlock",
      hasHappened: true,
      message: `"${waiting.thread}" waits for ${what}${place}, and nobody is left who wakes it`,
      evidence: [
        `"${waiting.thread}" waits for ${what}${where}.`,
        ...missing.sentences,
        ...kept.map((each) => each.sentence),
        ...unannouncedChange(story, waiting),
      ],
      hint: isSelect(waiting)
        ? SELECT_HINT
        : (kept[0]?.hint ??
          missing.hints[0] ??
          `Whoever changes what "${waiting.thread}" waits for must wake it, on every way out.`),
    });
  }
  return [...verdicts.values()];
}

function isSelect({ object, objectType }: Waiting): boolean {
  return object === "select" && objectType === "semaphore";
}

const SELECT_HINT =
  "Whoever makes a device readable or writable must notify its select pool, too, under the lock under which the select hook looks.";

// Threads that are no daemons, and daemons that one of them waits for, directly or through others.
function neededThreads(story: Story, waiting: readonly Waiting[]): Waiting[] {
  const links = linksOf(story, true);
  const needed = new Set(waiting.filter(({ daemon }) => !daemon).map(({ id }) => id));
  // A set visits what is added while it is walked.
  for (const id of needed) {
    const link = links.find(({ wait }) => wait.thread === id);
    if (link !== undefined) needed.add(link.holder);
  }
  return waiting.filter(({ id }) => needed.has(id));
}
