// The interleaving in columns: one column a thread, one line a step, and at the right where it stands in the code.
//
// Invariants:
//   - no line is wider than asked for; what does not fit is cut, never wrapped;
//   - a line belongs to one thread, so its text may run on into the columns to its right, which are empty there.
// Long repetitions are folded.

import { fold } from "#report/fold";
import { isBefore, isForJudges, linesOf, type Line } from "#report/lines";
import { plainPaint, threadPaint, type Paint } from "#report/paint";
import { counted, cut, thousands, WIDTH } from "#report/text";
import { cutName, threadNames } from "#report/thread-names";
import type { Frame, TraceEvent } from "#trace/event";

export interface ColumnsOptions {
  /** Characters. Default 80. */
  readonly width?: number;
  /** The set-up, every write and allocation, and no folding. Default false. */
  readonly verbose?: boolean;
  /** Every write to shared data. Default false. */
  readonly writes?: boolean;
  /** Every read and write of the objects with these numbers, too. */
  readonly accesses?: ReadonlySet<number>;
  readonly paint?: Paint;
  /** Lines at most, the last ones; not with `verbose`. Default 200. */
  readonly most?: number;
}

interface Column {
  readonly thread: number;
  readonly name: string;
}

interface Layout {
  /** Empty when there are too many for the width: the thread's name then stands before each line. */
  readonly columns: readonly Column[];
  /** By thread. */
  readonly names: ReadonlyMap<number, string>;
  /** Of every column but the last, which takes what is left. */
  readonly columnWidth: number;
  readonly whereWidth: number;
  readonly width: number;
}

const NOTHING: ReadonlySet<number> = new Set();
const LINES_MOST = 200;
/** Of so many lines the places are compared when they are folded; reading more of them takes too long. */
const PLACED_MOST = 2_000;
/** Narrower columns show no names. */
const COLUMN_LEAST = 8;
/** As wide as this, a column shows a long name. */
const COLUMN_GOOD = 14;
/** The last column, which cannot run on: it is at least so wide, and as wide as its lines where there is room. */
const LAST_LEAST = 20;
const WHERE_MOST = 34;
const STEP_WIDTH = 5;
const GAP = 2;

/** The trace as columns of text. */
export function columns(events: readonly TraceEvent[], options: ColumnsOptions = {}): string {
  const {
    width = WIDTH,
    verbose = false,
    writes = false,
    accesses = NOTHING,
    paint = plainPaint,
    most = LINES_MOST,
  } = options;
  const all = linesOf(events, { verbose, writes, accesses });
  const notes: string[] = [];
  const setup = verbose ? 0 : events.filter((event) => isBefore(event) && !isForJudges(event)).length;
  if (setup > 0) notes.push(`(${counted(setup, "event")} of the set-up left out)`);
  if (all.length === 0) return [...notes, "(nothing happened)"].map((note) => paint.dim(cut(note, width))).join("\n");
  const folds = verbose ? [{ items: all, times: 1 }] : fold(all, all.length > PLACED_MOST ? briefKeyOf : keyOf);
  const body = folds.flatMap(({ items, times }): (Line | string)[] =>
    times === 1 ? [...items] : [...items, foldNote(items.length, times)],
  );
  const shown = verbose ? body : body.slice(-most);
  if (shown.length < body.length) notes.push(`(${counted(body.length - shown.length, "line")} before these left out)`);
  const lines = shown.flatMap((line) => (typeof line === "string" ? [] : [line]));
  const layout = layOut(threadsOf(events, lines), lines, width);
  const printed = shown.map((line) => (typeof line === "string" ? paint.dim(line) : printLine(line, layout, paint)));
  return [...notes.map((note) => paint.dim(cut(note, width))), heading(layout, paint), ...printed].join("\n");
}

function foldNote(count: number, times: number): string {
  const what = count === 1 ? "this" : `these ${count} lines`;
  return `${" ".repeat(STEP_WIDTH + GAP)}... ${what} ${thousands(times)} times`;
}

function keyOf(line: Line): string {
  return `${briefKeyOf(line)}|${line.place?.file ?? ""}:${line.place?.line ?? ""}`;
}

function briefKeyOf(line: Line): string {
  return `${line.thread}|${line.text}|${line.step === 0 ? "effect" : "step"}`;
}

// Those that have a line, in the order in which they were made.
function threadsOf(events: readonly TraceEvent[], lines: readonly Line[]): Column[] {
  const used = new Set(lines.map((line) => line.thread));
  const names = new Map([...threadNames(events)].filter(([thread]) => used.has(thread)));
  if (used.has(0)) names.set(0, "(boot)");
  return [...names].map(([thread, name]) => ({ thread, name }));
}

// First with function names at the right, then with lines alone, then without columns.
function layOut(threads: readonly Column[], lines: readonly Line[], width: number): Layout {
  const longest = (withNames: boolean): number =>
    Math.max(5, ...lines.map(({ place }) => (place === null ? 0 : placeText(place, withNames).length)));
  const most = Math.min(WHERE_MOST, Math.floor(width * 0.4));
  const names = Math.max(6, ...threads.map(({ name }) => name.length));
  const byThread = new Map(threads.map(({ thread, name }) => [thread, name]));
  const attempts = [
    { where: longest(true), least: Math.max(COLUMN_LEAST, Math.min(names, COLUMN_GOOD)) },
    { where: longest(false), least: COLUMN_LEAST },
  ];
  for (const { where, least } of attempts) {
    const whereWidth = Math.min(where, most);
    const room = width - STEP_WIDTH - GAP - whereWidth - GAP;
    const others = threads.length - 1;
    const last = Math.min(lastNeed(threads, lines), room - others * (Math.min(names, COLUMN_GOOD) + GAP));
    const beside = (lastWidth: number): number => Math.floor((room - lastWidth) / Math.max(1, others)) - GAP;
    const columnWidth = Math.min(Math.floor(room / threads.length) - GAP, beside(Math.max(LAST_LEAST, last)));
    if (columnWidth >= least) return { columns: threads, names: byThread, columnWidth, whereWidth, width };
  }
  const whereWidth = Math.min(longest(false), most);
  return { columns: [], names: byThread, columnWidth: Math.min(names, Math.floor(width / 5)), whereWidth, width };
}

function lastNeed(threads: readonly Column[], lines: readonly Line[]): number {
  const last = threads.at(-1)?.thread;
  return Math.max(0, ...lines.filter(({ thread }) => thread === last).map(({ text }) => text.length));
}

function heading({ columns: threads, columnWidth, whereWidth, width }: Layout, paint: Paint): string {
  const names = threads.length === 0 ? ["thread"] : threads.map(({ name }) => name);
  const before = STEP_WIDTH + GAP;
  const room = Math.max(0, width - whereWidth - before);
  let left = "";
  let used = 0;
  for (const [place, name] of names.entries()) {
    const cell = cutName(name, columnWidth)
      .padEnd(columnWidth + GAP)
      .slice(0, Math.max(0, room - used));
    left += threads.length === 0 ? paint.bold(cell) : threadPaint(paint, place)(paint.bold(cell));
    used += cell.length;
  }
  const step = "step".padStart(STEP_WIDTH) + " ".repeat(GAP);
  return `${paint.bold(step)}${left}${" ".repeat(Math.max(0, room - used))}${paint.bold("where")}`;
}

function printLine(line: Line, layout: Layout, paint: Paint): string {
  const { whereWidth, width } = layout;
  const step = (line.step === 0 ? "" : String(line.step)).padStart(STEP_WIDTH);
  const left = leftOf(line, layout);
  const before = STEP_WIDTH + GAP + left.length;
  const end = line.place === null ? width : width - whereWidth - GAP;
  const text = cut(line.text, end - before);
  const start = `${paint.dim(step)}${" ".repeat(GAP)}${left}${toned(line, text, layout, paint)}`;
  if (line.place === null) return start;
  const gap = " ".repeat(Math.max(0, width - whereWidth - before - text.length));
  return `${start}${gap}${paint.dim(placeCell(line.place, whereWidth, paint))}`;
}

function placeCell(place: Frame, width: number, paint: Paint): string {
  const full = placeText(place, true);
  const text = full.length <= width ? full : placeText(place, false);
  const shown = cut(text, width);
  return paint.link === undefined || shown !== text ? shown : paint.link(shown, place.file, place.line);
}

function leftOf(line: Line, { columns: threads, names, columnWidth }: Layout): string {
  if (threads.length === 0) {
    return cutName(names.get(line.thread) ?? line.threadName, columnWidth).padEnd(columnWidth + GAP);
  }
  return " ".repeat(threads.findIndex(({ thread }) => thread === line.thread) * (columnWidth + GAP));
}

function toned(line: Line, text: string, { columns: threads }: Layout, paint: Paint): string {
  switch (line.tone) {
    case "bad":
      return paint.red(paint.bold(text));
    case "wake":
      return paint.green(text);
    case "quiet":
      return paint.dim(text);
    case "plain": {
      const place = threads.findIndex(({ thread }) => thread === line.thread);
      return line.step === 0 ? text : threadPaint(paint, Math.max(0, place))(text);
    }
  }
}

// The file's own name and the line, and the function.
function placeText(frame: Frame, withName: boolean): string {
  const place = `${frame.file.slice(frame.file.lastIndexOf("/") + 1)}:${frame.line}`;
  return withName && frame.name !== "(anonymous)" ? `${place} ${frame.name}` : place;
}
