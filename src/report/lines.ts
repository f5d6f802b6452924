// The events of a trace as lines: an operation for each step, its effects indented below it.

import { isSystemFile, Story } from "#report/story";
import { statusName } from "#base/status";
import type { Frame, TraceEvent } from "#trace/event";

/** How much a line matters, for whoever paints it. */
export type Tone = "plain" | "quiet" | "bad" | "wake";

/** One line in the column of one thread. */
export interface Line {
  /** The step; 0 for an effect, which stands below its step. */
  readonly step: number;
  readonly thread: number;
  readonly threadName: string;
  readonly text: string;
  readonly place: Frame | null;
  readonly tone: Tone;
}

/** What is shown. */
export interface Detail {
  /** Leaves out nothing: the set-up and every allocation too. */
  readonly verbose: boolean;
  /** Every write to shared data. */
  readonly writes: boolean;
  /** Every read and write of the objects with these numbers. */
  readonly accesses: ReadonlySet<number>;
  /** Whether effects are told with their places; of a long trace that is most of the work. Default true. */
  readonly places?: boolean;
}

/** Whether an event happened before the part that is explored, or before anything ran. */
export function isBefore(event: TraceEvent): boolean {
  return event.inSetup || event.step === 0;
}

const FOR_JUDGES: readonly TraceEvent["kind"][] = ["acquired", "created", "read", "ordered", "interrupts"];

/** Whether an event is for those who judge: columns tell it by others, or with everything else. */
export function isForJudges(event: TraceEvent): boolean {
  return FOR_JUDGES.includes(event.kind);
}

/** The lines of a trace. */
export function linesOf(events: readonly TraceEvent[], detail: Detail): Line[] {
  const story = new Story(events);
  const lines: Line[] = [];
  for (const event of events) {
    if (isBefore(event) && !detail.verbose) continue;
    const line = event.kind === "step" ? stepLine(story, event) : effectLine(story, event, detail);
    if (line !== null) lines.push(line);
  }
  if (detail.verbose) return lines;
  const idle = new Set([...idleThreads(events), ...servants(events, lines)]);
  return joined(once(lines.filter((line) => !idle.has(line.thread))));
}

// The same thing looked at several times in a row is one line.
function once(lines: readonly Line[]): Line[] {
  return lines.filter((line, place) => {
    const before = lines[place - 1];
    const isAgain = line.step === 0 && before?.step === 0 && before.thread === line.thread && before.text === line.text;
    return !(isAgain && line.text.startsWith("  reads "));
  });
}

// A lock that is given back before anything else happens is one line.
function joined(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (const line of lines) {
    const before = result.at(-1);
    const isBack = before?.step !== 0 && before?.thread === line.thread && `  un${before.text}` === line.text;
    if (before !== undefined && isBack)
      result.splice(-1, 1, withText(before, before.text.replace("lock", "lock, unlock")));
    else result.push(line);
  }
  return result;
}

// Threads that tell no story: the boot, those that only start others and end, and daemons that wait for work.
function idleThreads(events: readonly TraceEvent[]): Set<number> {
  const busy = new Set<number>();
  const daemons = new Set(
    events.filter((event) => event.kind === "spawned" && event.value === 1).map((event) => event.other),
  );
  for (const event of events) {
    if (event.kind === "waiting") {
      if (!daemons.has(event.thread)) busy.add(event.thread);
      busy.add(event.other);
    } else if (!isBefore(event) && !isIdle(event)) busy.add(event.thread);
  }
  busy.delete(0);
  return new Set(events.map((event) => event.thread).filter((thread) => !busy.has(thread)));
}

function withText(line: Line, text: string): Line {
  return Object.create(line, { text: { value: text } }) as Line;
}

// Daemons that only did what the system does, and for which nobody waits.
function servants(events: readonly TraceEvent[], lines: readonly Line[]): number[] {
  const wanted = new Set(events.filter(({ kind }) => kind === "waiting").map(({ other }) => other));
  const daemons = events.filter(({ kind, value }) => kind === "spawned" && value === 1).map(({ other }) => other);
  const tells = (line: Line): boolean => (line.step > 0 ? line.tone !== "quiet" : line.tone === "bad");
  return daemons.filter((id) => !wanted.has(id) && !lines.some((line) => line.thread === id && tells(line)));
}

const IDLE: readonly TraceEvent["kind"][] = ["spawned", "exited", "woken", "read", "ordered"];

function isIdle(event: TraceEvent): boolean {
  return event.text === "start" || IDLE.includes(event.kind);
}

/** A step: its operation, and where, which is read when somebody looks: of a long trace nobody looks at most. */
function stepLine(story: Story, event: TraceEvent): Line {
  return new StepLine(story, event);
}

class StepLine implements Line {
  readonly step: number;
  readonly thread: number;
  readonly threadName: string;
  readonly text: string;
  readonly story: Story;
  readonly event: TraceEvent;

  constructor(story: Story, event: TraceEvent) {
    this.step = event.step;
    this.thread = event.thread;
    this.threadName = event.threadName;
    this.text = stepWords(story, event);
    this.story = story;
    this.event = event;
  }

  get place(): Frame | null {
    return stepPlace(this.story, this.event);
  }

  get tone(): Tone {
    return isOfSystem(this.story, this.event) ? "quiet" : "plain";
  }
}

/** The line of a driver, a scenario or a program at which a step was taken; null where there is none worth showing. */
export function stepPlace(story: Story, event: TraceEvent): Frame | null {
  const place = story.placeOf(event);
  // A start, or a point with no caller of the user's (a thread whose body is a syscall), has no line worth showing.
  const isInside = (event.text === "point" || event.text === "start") && place !== null && isSystemFile(place.file);
  return isInside ? null : place;
}

// What the system does on its way, and nobody's driver or program asked for in so many words.
function isOfSystem(story: Story, event: TraceEvent): boolean {
  const frame = story.framesAt(event).find(({ file }) => !/^src\/(kernel|sync|trace)\//.test(file));
  return frame !== undefined && isSystemFile(frame.file);
}

/** A step's operation and object: `lock "read lock"`, `notify all "readable"`, `snooze(10)`. */
export function stepWords(story: Story, event: TraceEvent): string {
  if (event.text === "snooze") {
    const blocked = withinStep(story, event, "blocked");
    if (story.events[event.index + 1]?.kind === "expired") return "sleep is over";
    return blocked === undefined ? "snooze" : `snooze(${blocked.value - blocked.time})`;
  }
  const notified = withinStep(story, event, "notified");
  const which = notified === undefined ? "" : ` ${notified.text}`;
  const object = event.object === "" || event.objectType === "clock" ? "" : ` ${JSON.stringify(event.object)}`;
  // "point" is the simulator's word; what happens there is an access to a table that threads share.
  const verb = event.text === "point" ? "access" : event.text;
  return `${verb}${which}${object}`;
}

// The first event of a kind in a step, where it is the step's own thread's.
function withinStep({ events }: Story, step: TraceEvent, kind: TraceEvent["kind"]): TraceEvent | undefined {
  for (let place = step.index + 1; place < events.length; place++) {
    const event = events[place];
    if (event === undefined || event.step !== step.step) return undefined;
    if (event.kind === kind) return event.thread === step.thread ? event : undefined;
  }
  return undefined;
}

/** What else happened in a step; null for what these details leave out. */
export function effectLine(story: Story, event: TraceEvent, detail: Detail): Line | null {
  const effect = effectOf(story, event, detail);
  if (effect === null) return null;
  const [text, tone, hasPlace] = effect;
  const place = hasPlace === true && detail.places !== false ? story.placeOf(event) : null;
  return { step: 0, thread: event.thread, threadName: event.threadName, text: `  ${text}`, place, tone };
}

// What is shown of an event: its words, how much they matter, and whether its place is worth saying.
function effectOf(story: Story, event: TraceEvent, detail: Detail): [string, Tone, boolean?] | null {
  const { verbose, writes, accesses } = detail;
  switch (event.kind) {
    case "blocked":
      return isSleep(event) && !verbose ? null : ["blocked", "quiet"];
    case "woken":
      return wokenWords(story, event);
    case "expired":
      return isSleep(event) && !verbose ? null : ["timed out", "wake"];
    case "notified":
      return event.value === 0 ? ["found nobody", "bad"] : null;
    case "unlocked":
      return isOwnStep(story, event) && !verbose ? null : [`unlock "${event.object}"`, "plain", true];
    case "spawned":
      return [`spawn "${event.text}"`, "quiet"];
    case "exited":
      return ["ends", "quiet"];
    case "freed":
      return [`free ${event.object}`, "plain", true];
    case "touched-freed":
      return [`${event.text}: freed!`, "bad", true];
    case "enter":
      return verbose || isHook(event) ? [`> ${event.text}`, "quiet"] : null;
    case "leave":
      return verbose || isHook(event) ? [`< ${event.text}: ${statusName(event.value)}`, "quiet"] : null;
    case "choice":
      return event.text.endsWith("? no") && !verbose
        ? null
        : [event.text, event.text.endsWith("? yes") ? "bad" : "quiet", true];
    case "output":
      return [`prints ${JSON.stringify(event.text.trimEnd())}`, "quiet"];
    case "failed":
      return [`fails: ${event.text}`, "bad"];
    case "panicked":
      return ["PANIC", "bad", true];
    case "allocated":
      return verbose ? [`allocate ${event.object}`, "quiet", true] : null;
    case "created":
      return verbose ? [`${createdWords(event)} "${event.object}"`, "quiet", true] : null;
    case "read":
      return verbose || accesses.has(event.objectNumber) ? [`reads ${event.object}`, "quiet", true] : null;
    case "access":
      return verbose || writes || accesses.has(event.objectNumber) ? [event.text, "quiet", true] : null;
    case "interrupts":
      return ["interrupts on", "quiet"];
    case "waiting":
      return isSaid(story, event) && !verbose ? null : [waitingWords(event), "quiet", true];
    case "step":
    case "acquired":
    case "ordered":
    case "watched":
      return null;
  }
}

// What is no block of the heap is told as made when it is given back, too: as another kind of thing.
function createdWords({ objectType }: TraceEvent): string {
  return objectType.startsWith("freed ") ? `free ${objectType.slice("freed ".length)}` : `create ${objectType}`;
}

function waitingWords(event: TraceEvent): string {
  if (event.objectType === "thread") return `waits for "${event.object}"`;
  if (isSleep(event)) return "sleeps";
  if (event.object === "") return "is ready to go on";
  return event.text === "wait" ? `waits on "${event.object}"` : `waits to ${event.text} "${event.object}"`;
}

// Where a thread waits at the end: known when its last line says so, and of no matter after a panic or a failure.
function isSaid(story: Story, event: TraceEvent): boolean {
  const last = story.last(event.index, (each) => each.thread === event.thread && each.kind !== "enter");
  if (last?.kind === "blocked" && !isBefore(last)) return true;
  return story.events.some((each) => each.kind === "panicked" || each.kind === "failed");
}

function isHook(event: TraceEvent): boolean {
  return event.text.includes(" hook of ");
}

function isSleep(event: TraceEvent): boolean {
  return event.objectType === "clock";
}

// An unlock that is part of a wait, or a step of its own that says so already.
function isOwnStep(story: Story, event: TraceEvent): boolean {
  const step = story.stepOf(event);
  return step?.thread === event.thread && (step.text === "unlock" || (step.text === "wait" && story.blocksIn(step)));
}

// A thread that was spawned or resumed, or whose time has come, says so elsewhere.
function wokenWords(story: Story, event: TraceEvent): [string, Tone] | null {
  if (event.other === 0 || event.objectType === "") return null;
  const by = story.last(event.index + 1, (each) => each.thread === event.other);
  const status = event.value === 0 ? "" : ` (${statusName(event.value)})`;
  return [`woken by ${by?.threadName ?? event.other}${status}`, "wake"];
}
