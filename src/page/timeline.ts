// From a trace to one execution as it is drawn: a lane for each thread, a row for each step, and what goes on in between.
//
// Row 0 is what was before the part that is shown (the set-up), the last row is the end. Everything else comes from
// recorded events, and what only the live simulation knows from `Observed`.

import { arrowsOf } from "#page/arrows";
import { weigh, type Weighing } from "#page/causes";
import { changesOf, type Observed } from "#page/changes";
import type { Effect, Lane, Row, Run, Tone } from "#page/data";
import type { Places } from "#page/places";
import { spansOf } from "#page/spans";
import { effectLine, isBefore, stepPlace, stepWords, type Detail } from "#report/lines";
import { Story, userFrame } from "#report/story";
import { counted } from "#report/text";
import { threadNames } from "#report/thread-names";
import type { Outcome } from "#kernel/outcome";
import type { EventKind, TraceEvent } from "#trace/event";

/** What a timeline is made from. */
export interface Execution {
  readonly title: string;
  readonly schedule: string;
  readonly events: readonly TraceEvent[];
  readonly outcome: Outcome;
  readonly isMeasured: boolean;
  /** Steps that the explanation speaks of. */
  readonly named: ReadonlySet<number>;
  readonly observed: Observed;
}

/** The rows of a trace, and where its events stand. */
export interface Rows {
  readonly story: Story;
  readonly outcome: Outcome;
  /** The row of each event, by its index. */
  readonly rowOf: readonly number[];
  /** The step event of each row; null for the first and the last. */
  readonly steps: readonly (TraceEvent | null)[];
  /** The lane of a thread by its id; -1 for none. */
  laneOf(thread: number): number;
  /** The last row. */
  readonly end: number;
  /** The threads that can never go on and should, and those that they wait for. */
  readonly stuck: ReadonlySet<number>;
}

const EVERYTHING: Detail = { verbose: true, writes: true, accesses: new Set() };
/** In a trace of more rows than this, plain reads, writes and unlocks, and blocks and semaphores made are told without their places. */
const PLACES_ROWS_MOST = 3_000;
const PLAIN: ReadonlySet<EventKind> = new Set(["read", "access", "unlocked", "allocated", "created"]);

/** One execution, drawn. */
export function timelineOf(execution: Execution, places: Places): Run {
  const rows = rowsOf(execution);
  const spans = spansOf(rows);
  const weighing = weigh(rows, execution.named);
  const drawn = new Drawing(rows, execution.observed, places, weighing).rows();
  return {
    title: execution.title,
    schedule: execution.schedule,
    outcome: execution.outcome.kind,
    isMeasured: execution.isMeasured,
    lanes: lanesOf(rows, drawn),
    cpus: execution.observed.cpus,
    rows: drawn,
    ...spans,
    arrows: arrowsOf(rows),
    changes: changesOf(rows, execution.observed),
    start: weighing.start,
  };
}

function rowsOf({ events, outcome }: Execution): Rows {
  const rowOf: number[] = [];
  const steps: (TraceEvent | null)[] = [null];
  const lanes = new Map<number, number>();
  for (const event of events) {
    if (event.kind === "step" && !isBefore(event)) steps.push(event);
    rowOf.push(isBefore(event) ? 0 : steps.length - 1);
    const thread = event.kind === "spawned" ? event.other : event.thread;
    if (thread !== 0 && !lanes.has(thread)) lanes.set(thread, lanes.size);
  }
  steps.push(null);
  const end = steps.length - 1;
  for (const event of events) if (isAtEnd(event)) rowOf[event.index] = end;
  const laneOf = (thread: number): number => lanes.get(thread) ?? -1;
  return { story: new Story(events), outcome, rowOf, steps, laneOf, end, stuck: stuckOf(events, outcome) };
}

function stuckOf(events: readonly TraceEvent[], { kind, waiting }: Outcome): ReadonlySet<number> {
  if (kind !== "deadlock" && kind !== "livelock") return new Set();
  const stuck = new Set(waiting.filter(({ daemon }) => !daemon).map(({ id }) => id));
  const ends = events.filter((event) => event.kind === "waiting");
  // A set visits what is added while it is walked.
  for (const thread of stuck) {
    const holder = ends.find((event) => event.thread === thread)?.other ?? 0;
    if (holder !== 0) stuck.add(holder);
  }
  return stuck;
}

function isAtEnd({ kind }: TraceEvent): boolean {
  return kind === "waiting" || kind === "watched";
}

function lanesOf({ story, rowOf, laneOf, outcome, end }: Rows, drawn: readonly Row[]): Lane[] {
  const busy = new Set(drawn.filter(({ text }) => text !== "start").map(({ lane }) => lane));
  for (const { daemon, id } of outcome.waiting) if (!daemon) busy.add(laneOf(id));
  const lanes: Lane[] = [];
  const names = threadNames(story.events);
  const ends = new Map<number, number>();
  for (const event of story.events) if (event.kind === "exited") ends.set(event.thread, rowOf[event.index] ?? end);
  for (const event of story.events) {
    const isNew = event.kind === "spawned";
    const thread = isNew ? event.other : event.thread;
    const lane = laneOf(thread);
    if (lane < 0 || lanes[lane] !== undefined) continue;
    const isQuiet = !busy.has(lane) && story.events.length > 0;
    const to = ends.get(thread) ?? end;
    const from = rowOf[event.index] ?? 0;
    const name = names.get(thread) ?? "";
    lanes[lane] = { thread, name, isDaemon: isNew && event.value === 1, isQuiet: isQuiet || to === 0, from, to };
  }
  return lanes;
}

class Drawing {
  readonly #rows: Rows;
  readonly #observed: Observed;
  readonly #places: Places;
  readonly #weighing: Weighing;
  /** How plain effects are told. */
  readonly #plain: Detail;
  /** The hooks and syscalls that each thread is in. */
  readonly #inside = new Map<number, string[]>();

  constructor(rows: Rows, observed: Observed, places: Places, weighing: Weighing) {
    this.#rows = rows;
    this.#observed = observed;
    this.#places = places;
    this.#weighing = weighing;
    this.#plain = { ...EVERYTHING, places: rows.end <= PLACES_ROWS_MOST };
  }

  rows(): Row[] {
    const { story, rowOf, steps, end } = this.#rows;
    const groups: TraceEvent[][] = steps.map(() => []);
    for (const event of story.events) {
      const row = rowOf[event.index] ?? 0;
      if (row === 0) this.#enters(event);
      else groups[row]?.push(event);
    }
    return steps.map((step, row) => {
      const group = groups[row] ?? [];
      if (row === 0) return this.#before();
      return row === end || step === null ? this.#end(group) : this.#step(step, row, group);
    });
  }

  #before(): Row {
    const { story, rowOf } = this.#rows;
    const count = story.events.filter(({ index }) => rowOf[index] === 0).length;
    const text = count === 0 ? "the beginning" : `after the set-up (${counted(count, "event")})`;
    return { ...NO_STEP, kind: "before", text, weight: "apart" };
  }

  #step(event: TraceEvent, row: number, group: readonly TraceEvent[]): Row {
    const { story, laneOf } = this.#rows;
    const inside = this.#inside.get(event.thread)?.at(-1) ?? "";
    const effects: Effect[] = [];
    for (const each of group) {
      const effect = each === event ? null : this.#effect(each, event);
      if (effect !== null) effects.push(effect);
      this.#enters(each);
    }
    return {
      kind: "step",
      step: event.step,
      time: event.time,
      lane: laneOf(event.thread),
      cpu: this.#observed.cpuOf.get(event.step) ?? -1,
      text: stepWords(story, event),
      frame: this.#places.numberOf(stepPlace(story, event)),
      stack: this.#places.numbersOf(event.frames),
      inside,
      weight: this.#weighing.weights[row] ?? "apart",
      effects,
    };
  }

  #effect(event: TraceEvent, step: TraceEvent): Effect | null {
    if (event.kind === "unlocked" && step.text === "unlock") return null; // the step says so
    const line = effectLine(this.#rows.story, event, PLAIN.has(event.kind) ? this.#plain : EVERYTHING);
    return line === null ? null : this.#told(event, line.text.trim(), line.tone, this.#places.numberOf(line.place));
  }

  #told(event: TraceEvent, text: string, tone: Tone, frame: number): Effect {
    return { lane: this.#rows.laneOf(event.thread), text, tone, frame };
  }

  // Each thread that is not done says where it stands.
  #end(group: readonly TraceEvent[]): Row {
    const { story, outcome, stuck } = this.#rows;
    const waiting = group.filter(({ kind }) => kind === "waiting");
    const effects = waiting.map((event) => {
      const line = effectLine(story, event, EVERYTHING);
      const tone = stuck.has(event.thread) ? "bad" : "quiet";
      return this.#told(event, line?.text.trim() ?? "", tone, this.#places.numberOf(userFrame(event.frames)));
    });
    const first = outcome.kind === "deadlock" ? lastOfChain(waiting, outcome) : undefined;
    const last = story.events.at(-1);
    return {
      ...NO_STEP,
      kind: "end",
      time: last?.time ?? 0,
      text: outcome.kind === "finished" ? "the end: all is done" : `the end: ${outcome.kind}`,
      frame: this.#places.numberOf(userFrame(first?.frames ?? [])),
      stack: this.#places.numbersOf(first?.frames ?? []),
      weight: this.#weighing.weights[this.#rows.end] ?? "apart",
      effects,
    };
  }

  #enters({ kind, thread, text }: TraceEvent): void {
    if (kind !== "enter" && kind !== "leave") return;
    const inside = this.#inside.get(thread) ?? [];
    this.#inside.set(thread, inside);
    if (kind === "enter") inside.push(text);
    else inside.pop();
  }
}

// From somebody who is stuck to whom he waits for, and so on, to the one who waits for nobody: there it hangs.
function lastOfChain(waiting: readonly TraceEvent[], outcome: Outcome): TraceEvent | undefined {
  let last = waiting.find(({ thread }) => outcome.waiting.some(({ id, daemon }) => id === thread && !daemon));
  const met = new Set<number>();
  while (last !== undefined && !met.has(last.thread)) {
    met.add(last.thread);
    const { other }: TraceEvent = last;
    last = waiting.find(({ thread }) => thread === other) ?? last;
  }
  return last;
}

const NO_STEP = {
  step: 0,
  time: 0,
  lane: -1,
  cpu: -1,
  frame: -1,
  stack: [],
  inside: "",
  effects: [],
} as const;
