// A trace in the Trace Event Format, which ui.perfetto.dev and about:tracing open.
//
// The form: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. Threads are tracks with a slice for each step and
// each wait, locks are tracks with a slice for each hold, wake-ups are flows. While exploring time does not pass as it would,
// so a step there is ten microseconds long; in measured time it is as long as until the next.

import type { Row, Run } from "#page/data";

const THREADS = 1;
const LOCKS = 2;
/** Microseconds that a row takes where time has no meaning. */
const ROW_US = 10;
/** How far two steps of the same microsecond stand apart. */
const APART_US = 0.01;

interface TraceSlice {
  readonly name: string;
  readonly ph: "X" | "M" | "s" | "f" | "i";
  readonly pid: number;
  readonly tid: number;
  readonly [more: string]: unknown;
}

/** The whole JSON document. */
export function chromeTraceOf(scenario: string, run: Run): string {
  const drawing = new ChromeTrace(run);
  const traceEvents = [
    named("process_name", THREADS, 0, scenario),
    named("process_name", LOCKS, 0, "locks"),
    ...run.lanes.map(({ thread, name }) => named("thread_name", THREADS, thread, name)),
    ...drawing.steps(),
    ...drawing.waits(),
    ...drawing.holds(),
    ...drawing.flows(),
  ];
  const lines = traceEvents.map((event) => JSON.stringify(event)).join(",\n");
  return `{"displayTimeUnit":"ns","otherData":${JSON.stringify({ schedule: run.schedule })},"traceEvents":[\n${lines}\n]}\n`;
}

function named(name: string, pid: number, tid: number, value: string): TraceSlice {
  return { name, ph: "M", pid, tid, args: { name: value } };
}

class ChromeTrace {
  readonly #run: Run;
  /** When each row begins, in microseconds, each later than the one before. */
  readonly #begins: readonly number[];

  constructor(run: Run) {
    this.#run = run;
    let before = -APART_US;
    this.#begins = run.rows.map(({ time }, row) => {
      before = run.isMeasured ? Math.max(time, before + APART_US) : row * ROW_US;
      return before;
    });
  }

  steps(): TraceSlice[] {
    return this.#run.rows.flatMap((row, index) => {
      if (row.kind === "end") return [this.#end(row, index)];
      if (row.kind === "before") return [];
      const effects = row.effects.map(({ text }) => text);
      const args = { step: row.step, inside: row.inside, effects };
      return [{ name: row.text, cat: "step", ph: "X", ...this.#track(row.lane), ...this.#span(index, index), args }];
    });
  }

  #end(row: Row, index: number): TraceSlice {
    return { name: row.text, cat: "end", ph: "i", s: "g", pid: THREADS, tid: 0, ts: this.#begin(index) };
  }

  waits(): TraceSlice[] {
    return this.#run.waits
      .filter(({ from, to }) => to > from)
      .map(({ lane, verb, name, type, holder, isForEver, from, to }) => ({
        name: `waits for ${type} ${JSON.stringify(name)}`,
        cat: "wait",
        ph: "X",
        ...this.#track(lane),
        // The thread's own step comes first, so the slices of a track never overlap.
        ...this.#span(this.#run.rows[from]?.lane === lane ? from + 1 : from, to - 1),
        args: { verb, holder: this.#run.lanes[holder]?.name ?? "", isForEver },
      }));
  }

  holds(): TraceSlice[] {
    const names = new Map(this.#run.holds.map(({ object, type, name }) => [object, `${type} ${JSON.stringify(name)}`]));
    const tracks = [...names].map(([object, name]) => named("thread_name", LOCKS, object, name));
    const slices = this.#run.holds.map(({ lane, object, isShared, from, to }): TraceSlice => {
      const name = `${isShared ? "read" : "held"} by ${this.#run.lanes[lane]?.name ?? ""}`;
      return { name, cat: "hold", ph: "X", pid: LOCKS, tid: object, ...this.#span(from, to) };
    });
    return [...tracks, ...slices];
  }

  // From the waker's step to the next one of whom it woke.
  flows(): TraceSlice[] {
    const rowsOf = this.#run.lanes.map((): number[] => []);
    this.#run.rows.forEach(({ lane }, row) => rowsOf[lane]?.push(row));
    return this.#run.arrows.flatMap(({ row, from, to, kind }, id): TraceSlice[] => {
      const next = rowsOf[to]?.find((each) => each > row);
      if (next === undefined) return [];
      const flow = { name: kind, cat: "wake", id };
      return [
        { ...flow, ph: "s", ...this.#track(from), ts: this.#begin(row) },
        { ...flow, ph: "f", bp: "e", ...this.#track(to), ts: this.#begin(next) },
      ];
    });
  }

  #track(lane: number): { readonly pid: number; readonly tid: number } {
    return { pid: THREADS, tid: this.#run.lanes[lane]?.thread ?? 0 };
  }

  #span(from: number, to: number): { readonly ts: number; readonly dur: number } {
    const ts = this.#begin(from);
    return { ts, dur: Math.max(APART_US, this.#begin(Math.max(from, to) + 1) - ts) };
  }

  #begin(row: number): number {
    return this.#begins[row] ?? (this.#begins.at(-1) ?? 0) + ROW_US;
  }
}
