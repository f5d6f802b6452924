// Leaks: memory, packets, semaphores and descriptors that nobody will ever give back.
//
// When nothing is open any more and no service thread is left, whatever threads have made must be gone (the rule of
// src/scenario/leaks.ts, which looks at every execution). While something is open a trace still shows some of it:
//   - a cookie that its open hook allocated must be freed when its free hook is through, unless another open has the
//     same one: nobody else gets it any more;
//   - what was made inside the hooks of one device must be gone when no descriptor of that device is left, if no service
//     thread lives that may have it;
//   - a descriptor of the kernel's own table must be closed when no service thread is left to use it.
// A scenario that allows leaks is not judged.

import { withArticle } from "#base/article";
import type { Case, Judge, Verdict } from "#judges/judge";
import { at, isSystems } from "#judges/places";
import type { Kernel } from "#kernel/kernel";
import { liveBuffers, NET_BUFFER } from "#net/net-buffer";
import { leakSentences } from "#report/memory";
import { objectWords, quoted, type Story } from "#report/story";
import { hasServices, leaksAllowed } from "#scenario/leaks";
import type { TraceEvent } from "#trace/event";
import type { Descriptor } from "#vfs/descriptor";
import { SLOTS_MOST } from "#vfs/descriptor-table";
import { filesOf } from "#vfs/files";
import { IoContext } from "#vfs/io-context";

const HINT = "Give it back on every way out, errors included; what an open hook made, the free hook gives back.";

export const leak: Judge = {
  name: "leak",
  about: "memory, packets, semaphores and descriptors that nobody gives back",

  judge(execution) {
    const { story, outcome, simulation } = execution;
    if (outcome.kind === "leak") {
      const evidence = [...leakSentences(story), ...bufferSentences(story, simulation.kernels)];
      return [verdict(outcome.message, outcome.message, evidence)];
    }
    const [kernel] = simulation.kernels;
    const isJudged =
      outcome.kind === "finished" && simulation.kernels.length === 1 && kernel?.services.has("files") === true;
    if (kernel === undefined || !isJudged || leaksAllowed(kernel)) return [];
    const cookies = keptCookies(execution);
    const others = hasServices(kernel)
      ? []
      : [...ownerless(execution, kernel, cookies), ...kernelDescriptors(execution, kernel)];
    return [...cookies.map((allocated) => cookieVerdict(story, allocated)), ...others];
  },
};

function verdict(subject: string, message: string, evidence: readonly string[]): Verdict {
  return { judge: leak.name, subject, kind: "leak", hasHappened: true, message, evidence, hint: HINT };
}

// --- cookies ---

// Allocations of cookies whose free hook is through and which are still there.
function keptCookies({ story, events }: Case): TraceEvent[] {
  const opens = new Map<number, number>();
  const kept: TraceEvent[] = [];
  for (const event of events) {
    if (event.kind !== "leave" || event.objectNumber === 0) continue;
    const isOpen = event.text.startsWith("open hook of ");
    const count = (opens.get(event.objectNumber) ?? 0) + (isOpen ? 1 : -1);
    opens.set(event.objectNumber, count);
    if (isOpen || count > 0) continue;
    const allocated = allocationOf(story, event);
    if (allocated !== undefined && !isFreed(story, allocated) && isOwnCookie(story, allocated)) kept.push(allocated);
  }
  return kept.filter((allocated) => (opens.get(allocated.objectNumber) ?? 0) <= 0);
}

function allocationOf(story: Story, leave: TraceEvent): TraceEvent | undefined {
  return story.last(leave.index, (event) => event.kind === "allocated" && event.objectNumber === leave.objectNumber);
}

// Allocated by an open that gave it away at once; what is made at first need and kept by the driver was given away twice.
function isOwnCookie(story: Story, allocated: TraceEvent): boolean {
  const opens = story.events.filter(
    (event) =>
      event.kind === "leave" && event.text.startsWith("open hook of ") && event.objectNumber === allocated.objectNumber,
  );
  return opens.length === 1 && story.hookAt(allocated).startsWith("open hook of ");
}

function cookieVerdict(story: Story, allocated: TraceEvent): Verdict {
  const message = `${withArticle(allocated.object)} is never freed: the cookie that ${quoted(allocated)} allocated${at(story, allocated)} outlives its free hook`;
  return verdict(`${allocated.object}${at(story, allocated)}`, message, [
    `${quoted(allocated)} allocated it ${story.whenAndWhere(allocated)}.`,
    "Its descriptor is closed and its free hook has been called: no hook will ever see it again.",
  ]);
}

// --- what belongs to a device that nobody has open ---

function ownerless({ story, events }: Case, kernel: Kernel, cookies: readonly TraceEvent[]): Verdict[] {
  const open = filesOf(kernel).liveDescriptors.map((descriptor: Descriptor) => descriptor.file.name);
  const gone = lastEnds(events);
  const { unfreed } = liveBuffers(kernel);
  const hooks = new Map<number, string[]>();
  const verdicts = new Map<string, Verdict>();
  for (const event of events) {
    followHooks(hooks, event);
    const isBuffer = event.object === NET_BUFFER;
    const isBlock = event.kind === "allocated" || isBuffer;
    if ((!isBlock && event.kind !== "created") || event.thread === 0) continue;
    if (isBuffer && !unfreed.has(event.objectNumber)) continue;
    const device = / hook of (.*)$/.exec(hooks.get(event.thread)?.at(-1) ?? "")?.[1];
    const isDone = device === undefined ? open.length === 0 : !open.includes(device);
    const isGone = (gone.get(event.objectNumber) ?? -1) > event.index;
    if (!isDone || isGone || cookies.includes(event)) continue;
    // A semaphore goes with its team: only a driver's, made for somebody who came through its hooks, outlives its use.
    if (!isBlock && (device === undefined || isSystems(story, event))) continue;
    const found = ownerlessVerdict(story, event, device);
    verdicts.set(found.subject, found);
  }
  return [...verdicts.values()];
}

// Packets that nobody freed, each place where some were made once.
function bufferSentences(story: Story, kernels: readonly Kernel[]): string[] {
  const unfreed = new Set(kernels.flatMap((kernel) => [...liveBuffers(kernel).unfreed]));
  const made = story.events.filter((event) => event.kind === "created" && unfreed.has(event.objectNumber));
  return [...new Set(made.map((event) => `${quoted(event)} made a ${NET_BUFFER} ${story.whenAndWhere(event)}.`))];
}

// For each object, where it was freed or deleted last.
function lastEnds(events: readonly TraceEvent[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const event of events) {
    const isEnd = event.kind === "freed" || (event.kind === "step" && event.text === "delete");
    if (isEnd) ends.set(event.objectNumber, event.index);
  }
  return ends;
}

function followHooks(hooks: Map<number, string[]>, { kind, thread, text }: TraceEvent): void {
  if (kind === "enter") hooks.set(thread, [...(hooks.get(thread) ?? []), text]);
  else if (kind === "leave") hooks.get(thread)?.pop();
}

function ownerlessVerdict(story: Story, made: TraceEvent, device: string | undefined): Verdict {
  const isBlock = made.kind === "allocated" || made.objectType === NET_BUFFER;
  const what = isBlock ? withArticle(made.object) : objectWords(made);
  const message = `${what} is never ${isBlock ? "freed" : "deleted"}: ${quoted(made)} ${isBlock ? "allocated" : "created"} it${at(story, made)}`;
  return verdict(`${what}${at(story, made)}`, message, [
    `${quoted(made)} made it ${story.whenAndWhere(made)}.`,
    `${device === undefined ? "Nothing" : `No descriptor of ${device}`} is open any more, and no service thread is left that could have it.`,
  ]);
}

function isFreed(story: Story, allocated: TraceEvent): boolean {
  const freed = story.first(
    allocated.index,
    (event) => event.kind === "freed" && event.objectNumber === allocated.objectNumber,
  );
  return freed !== undefined;
}

// --- the kernel's own descriptors ---

function kernelDescriptors({ story }: Case, kernel: Kernel): Verdict[] {
  const context = kernel.kernelTeam.ioContext;
  if (!(context instanceof IoContext)) return [];
  const verdicts: Verdict[] = [];
  for (let fd = 0; fd < SLOTS_MOST; fd++) {
    const descriptor = context.table.shown(fd);
    if (descriptor === null) continue;
    const { name } = descriptor.file;
    const opened = story.last(
      story.events.length,
      (event) => event.kind === "enter" && event.text === `open hook of ${name}`,
    );
    const by = opened === undefined ? "" : `, opened by ${quoted(opened)}${at(story, opened)},`;
    const message = `a descriptor of ${name}${by} is never closed, in the kernel's own table`;
    verdicts.push(
      verdict(`descriptor of ${name}`, message, [
        `It is number ${fd} of the kernel's table; nobody is left who knows it.`,
      ]),
    );
  }
  return verdicts;
}
