// The interleaving in columns: one column a thread, one line a step, and at the right where it stands in the code.
//
// Invariants:
//   - no line is wider than asked for; what does not fit is cut, never wrapped;
//   - a line belongs to one thread, so its text may run on into the columns to its right, which are empty there.
// Long repetitions are folded.

import { fold } from "#report/fold";
import { isBefore, isForJudges, linesOf, type Line } from "#report/lines";
import { plainPaint, type Paint } from "#report/paint";
import { counted, cut, thousands, WIDTH } from "#report/text";
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
  readonly columnWidth: number;
  readonly whereWidth: number;
  readonly width: number;
}

const NOTHING: ReadonlySet<number> = new Set();
const LINES_MOST = 200;
/** Narrower columns show no names. */
const COLUMN_LEAST = 8;
/** As wide as this, a column shows a long name. */
const COLUMN_GOOD = 14;
/** The last column, which cannot run on. */
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
  const layout = layOut(threadsOf(events, all), all, width);
  const folds = verbose ? [{ items: all, times: 1 }] : fold(all, keyOf);
  const body = folds.flatMap(({ items, times }) => {
    const lines = items.map((line) => printLine(line, layout, paint));
    return times === 1 ? lines : [...lines, paint.dim(foldNote(items.length, times))];
  });
  const shown = verbose ? body : body.slice(-most);
  if (shown.length < body.length) notes.push(`(${counted(body.length - shown.length, "line")} before these left out)`);
  return [...notes.map((note) => paint.dim(cut(note, width))), paint.bold(heading(layout)), ...shown].join("\n");
}

function foldNote(count: number, times: number): string {
  const what = count === 1 ? "this" : `these ${count} lines`;
  return `${" ".repeat(STEP_WIDTH + GAP)}... ${what} ${thousands(times)} times`;
}

function keyOf(line: Line): string {
  return `${line.thread}|${line.text}|${line.place?.file ?? ""}:${line.place?.line ?? ""}|${line.step === 0 ? "effect" : "step"}`;
}

// Those that have a line, in the order in which they were made.
function threadsOf(events: readonly TraceEvent[], lines: readonly Line[]): Column[] {
  const names = new Map<number, string>();
  for (const event of events) {
    if (event.kind === "spawned") names.set(event.other, event.text);
    else if (event.thread !== 0 && !names.has(event.thread)) names.set(event.thread, event.threadName);
  }
  const used = new Set(lines.map((line) => line.thread));
  if (used.has(0)) names.set(0, "(boot)");
  return [...names].filter(([thread]) => used.has(thread)).map(([thread, name]) => ({ thread, name }));
}

// First with function names at the right, then with lines alone, then without columns.
function layOut(threads: readonly Column[], lines: readonly Line[], width: number): Layout {
  const longest = (withNames: boolean): number =>
    Math.max(5, ...lines.map(({ place }) => (place === null ? 0 : placeText(place, withNames).length)));
  const most = Math.min(WHERE_MOST, Math.floor(width * 0.4));
  const names = Math.max(6, ...threads.map(({ name }) => name.length));
  const attempts = [
    { where: longest(true), least: Math.max(COLUMN_LEAST, Math.min(names, COLUMN_GOOD)) },
    { where: longest(false), least: COLUMN_LEAST },
  ];
  for (const { where, least } of attempts) {
    const whereWidth = Math.min(where, most);
    const room = width - STEP_WIDTH - GAP - whereWidth - GAP;
    const even = Math.floor(room / threads.length) - GAP;
    const besideLast = threads.length === 1 ? even : Math.floor((room - LAST_LEAST) / (threads.length - 1)) - GAP;
    const columnWidth = Math.min(even, besideLast);
    if (columnWidth >= least) return { columns: threads, columnWidth, whereWidth, width };
  }
  const whereWidth = Math.min(longest(false), most);
  return { columns: [], columnWidth: Math.min(names, Math.floor(width / 5)), whereWidth, width };
}

function heading({ columns: threads, columnWidth, whereWidth, width }: Layout): string {
  const names = threads.length === 0 ? ["thread"] : threads.map(({ name }) => name);
  const cells = names.map((name) => cut(name, columnWidth).padEnd(columnWidth + GAP)).join("");
  const left = `${"step".padStart(STEP_WIDTH)}${" ".repeat(GAP)}${cells}`;
  return `${left.slice(0, width - whereWidth).padEnd(width - whereWidth)}where`;
}

function printLine(line: Line, layout: Layout, paint: Paint): string {
  const { whereWidth, width } = layout;
  const step = (line.step === 0 ? "" : String(line.step)).padStart(STEP_WIDTH);
  const before = `${step}${" ".repeat(GAP)}${leftOf(line, layout)}`;
  const end = line.place === null ? width : width - whereWidth - GAP;
  const text = cut(line.text, end - before.length);
  if (line.place === null) return `${before}${toned(line, text, paint)}`;
  const gap = " ".repeat(Math.max(0, width - whereWidth - before.length - text.length));
  const full = placeText(line.place, true);
  const place = cut(full.length <= whereWidth ? full : placeText(line.place, false), whereWidth);
  return `${before}${toned(line, text, paint)}${gap}${paint.dim(place)}`;
}

function leftOf(line: Line, { columns: threads, columnWidth }: Layout): string {
  if (threads.length === 0) return cut(line.threadName, columnWidth).padEnd(columnWidth + GAP);
  return " ".repeat(threads.findIndex(({ thread }) => thread === line.thread) * (columnWidth + GAP));
}

function toned(line: Line, text: string, paint: Paint): string {
  switch (line.tone) {
    case "bad":
      return paint.red(text);
    case "wake":
      return paint.green(text);
    case "quiet":
      return paint.dim(text);
    case "plain":
      return line.step === 0 ? text : paint.cyan(text);
  }
}

// The file's own name and the line, and the function.
function placeText(frame: Frame, withName: boolean): string {
  const place = `${frame.file.slice(frame.file.lastIndexOf("/") + 1)}:${frame.line}`;
  return withName && frame.name !== "(anonymous)" ? `${place} ${frame.name}` : place;
}
