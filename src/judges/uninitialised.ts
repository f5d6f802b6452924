// Use before initialisation: a field of raw memory that is read before anybody has written it, a lock that is taken
// before its init.
//
// Memory of `new` reads zero, so only `malloc` leaves fields that mean nothing.

import { withArticle } from "#base/article";
import type { Case, Judge, Verdict } from "#judges/judge";
import { at } from "#judges/places";
import { objectWords, quoted, type Story } from "#report/story";
import type { TraceEvent } from "#trace/event";

/** What a lock says that lies in zero-filled or in fresh memory. */
const UNINITIALISED = /using uninitialized lock|value:? cccccccc|0xcccccccccccccccc/;

export const uninitialised: Judge = {
  name: "uninitialised",
  about: "a field that is read before it is written, a lock that is used before its init",

  judge(execution) {
    return [...readFields(execution), ...usedLocks(execution)];
  },
};

interface Raw {
  readonly allocated: TraceEvent;
  readonly known: Set<number>;
}

function readFields({ story, events }: Case): Verdict[] {
  const blocks = new Map<number, Raw>();
  const verdicts: Verdict[] = [];
  for (const event of events) {
    if (event.kind === "allocated") {
      if (event.text === "malloc") blocks.set(event.objectNumber, { allocated: event, known: new Set() });
      else blocks.delete(event.objectNumber);
    } else if (event.kind === "freed") blocks.delete(event.objectNumber);
    const raw = event.other === 0 ? undefined : blocks.get(event.other);
    if (raw === undefined || (event.kind !== "read" && event.kind !== "access") || raw.known.has(event.objectNumber))
      continue;
    raw.known.add(event.objectNumber); // a second read says nothing new
    if (event.kind === "read") {
      const isData = event.objectType === "field" || event.objectType === "atomic field";
      verdicts.push((isData ? readVerdict : luckyVerdict)(story, event, raw.allocated));
    }
  }
  return verdicts;
}

function readVerdict(story: Story, read: TraceEvent, allocated: TraceEvent): Verdict {
  return {
    judge: uninitialised.name,
    subject: read.object,
    kind: "assertion",
    hasHappened: true,
    accesses: [read.objectNumber],
    message: `${read.object} is read${at(story, read)} before anybody has written it`,
    evidence: [
      `${quoted(allocated)} allocated the ${allocated.object} with malloc ${story.whenAndWhere(allocated)}: its fields read 0xcccccccc, or whatever was there.`,
      `${quoted(read)} read ${read.object} ${story.whenAndWhere(read)}; no write to it came before.`,
    ],
    hint: `Write every field of ${withArticle(allocated.object)} right after its allocation, or allocate it zero-filled.`,
  };
}

// A release kernel looks at no holder: what lies in the memory passes for a free lock, or does not.
function luckyVerdict(story: Story, used: TraceEvent, allocated: TraceEvent): Verdict {
  const lock = objectWords(used);
  return {
    judge: uninitialised.name,
    subject: lock,
    kind: "assertion",
    hasHappened: true,
    message: `${lock} is used${at(story, used)} before it is initialised`,
    evidence: [
      `${quoted(allocated)} allocated the ${allocated.object} in which it lies with malloc ${story.whenAndWhere(allocated)}.`,
      `${quoted(used)} used it ${story.whenAndWhere(used)}; no init came before. A release kernel does not notice: here the memory happened to read like a free lock. A development kernel panics.`,
    ],
    hint: initHint(lock),
  };
}

function initHint(lock: string): string {
  return `Call init on ${lock} before anybody else can reach it.`;
}

function usedLocks({ story, outcome }: Case): Verdict[] {
  if (outcome.kind !== "panic" || !UNINITIALISED.test(outcome.message)) return [];
  const panic = story.last(story.events.length, (event) => event.kind === "panicked");
  if (panic === undefined || panic.object === "" || wasDestroyed(story, panic)) return [];
  const lock = objectWords(panic);
  const allocated = story.last(
    panic.index,
    (event) => event.kind === "allocated" && panic.value !== 0 && event.objectNumber === panic.value,
  );
  return [
    {
      judge: uninitialised.name,
      subject: lock,
      kind: "panic",
      hasHappened: true,
      message: `${lock} is used${at(story, panic)} before it is initialised`,
      evidence: [
        ...(allocated === undefined
          ? []
          : [
              `${quoted(allocated)} allocated the ${allocated.object} in which it lies ${story.whenAndWhere(allocated)}.`,
            ]),
        `${quoted(panic)} used it ${story.whenAndWhere(panic)}; no init came before.`,
      ],
      hint: initHint(lock),
    },
  ];
}

// Destroyed, a lock reads as zero-filled memory does.
function wasDestroyed(story: Story, panic: TraceEvent): boolean {
  return story.events.some(
    (event) => event.kind === "step" && event.text === "destroy" && event.objectNumber === panic.objectNumber,
  );
}
