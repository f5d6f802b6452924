// Who waits for whom at the end, as a table: one row a thread, with where it waits, and who has what it waits for.
//
// A daemon that waits for work is left out, unless another thread waits for it, directly or through a chain,
// or it waits for a lock that such a thread holds.

import { threadPaint, type Paint } from "#report/paint";
import { objectWords, userFrame, type Story } from "#report/story";
import { cut } from "#report/text";
import { cutName, threadNames } from "#report/thread-names";
import type { Outcome } from "#kernel/outcome";
import type { Frame, TraceEvent } from "#trace/event";

/** A cell of two lines: what, and the place in the code. */
interface Cell {
  readonly text: string;
  readonly place: Frame | null;
}

interface Row {
  readonly thread: string;
  readonly wanted: Cell;
  readonly holder: Cell;
}

/** What is missing where nobody holds it. */
const NOBODY: Readonly<Record<string, string>> = { wait: "nobody notifies it", acquire: "nobody releases it" };

const HEADING = ["thread", "waits for", "who has it"] as const;
const GAP = "  ";
const NAME_MOST = 20;

/** The table, or an empty text where nobody waits for anything that could be said. */
export function waitTable(story: Story, outcome: Outcome, width: number, paint: Paint): string {
  const rows = rowsOf(story, outcome);
  if (rows.length === 0) return "";
  const [ofThreads, ofWanted, ofHolders] = HEADING;
  const names = Math.min(NAME_MOST, Math.max(ofThreads.length, ...rows.map(({ thread }) => thread.length)));
  const room = width - 2 - names - 2 * GAP.length;
  const longest = (cells: readonly Cell[]): number =>
    Math.max(...cells.map(({ text, place }) => Math.max(text.length, place === null ? 0 : placeText(place).length)));
  const wanted = Math.max(ofWanted.length, Math.min(longest(rows.map((row) => row.wanted)), Math.ceil(room * 0.5)));
  const rest = room - wanted;
  const line = (cells: readonly string[]): string => `  ${cells.join(GAP)}`.trimEnd();
  const print = ({ thread, wanted: want, holder }: Row, place: number): string[] => [
    line([
      threadPaint(paint, place)(cutName(thread, names)) + " ".repeat(Math.max(0, names - thread.length)),
      cut(want.text, wanted).padEnd(wanted),
      cut(holder.text, rest),
    ]),
    paint.dim(line([" ".repeat(names), padded(want.place, wanted, paint), padded(holder.place, rest, paint)])),
  ];
  const heading = line([ofThreads.padEnd(names), ofWanted.padEnd(wanted), ofHolders]);
  return [paint.bold(heading), ...rows.flatMap(print).filter((each) => each.trim() !== "")].join("\n");
}

function padded(place: Frame | null, width: number, paint: Paint): string {
  if (place === null) return " ".repeat(width);
  const text = cut(placeText(place), width);
  const isWhole = text === placeText(place) && paint.link !== undefined;
  const shown = isWhole ? (paint.link?.(text, place.file, place.line) ?? text) : text;
  return shown + " ".repeat(Math.max(0, width - text.length));
}

function placeText({ file, line, name }: Frame): string {
  const short = `${file.slice(file.lastIndexOf("/") + 1)}:${line}`;
  return name === "(anonymous)" ? short : `${short} ${name}`;
}

function rowsOf(story: Story, outcome: Outcome): Row[] {
  const waits = story.ofKind("waiting").filter(({ object, objectType }) => object !== "" && objectType !== "clock");
  const daemons = new Set(outcome.waiting.filter(({ daemon }) => daemon).map(({ id }) => id));
  const matter = new Set(waits.filter(({ thread }) => !daemons.has(thread)));
  // A set visits what is added while it is walked.
  for (const wait of matter) {
    const holder = waits.find(({ thread }) => thread === wait.other);
    if (holder !== undefined) matter.add(holder);
    for (const other of waits) if (other.objectType !== "thread" && other.other === wait.thread) matter.add(other);
  }
  const names = threadNames(story.events);
  return [...matter].map((wait) => ({
    thread: names.get(wait.thread) ?? wait.threadName,
    wanted: { text: wantedWords(wait, names), place: userFrame(wait.frames) },
    holder: holderCell(story, wait, waits, names),
  }));
}

type Names = ReadonlyMap<number, string>;

function wantedWords(wait: TraceEvent, names: Names): string {
  return wait.objectType === "thread" ? `the end of "${names.get(wait.other) ?? wait.object}"` : objectWords(wait);
}

function holderCell(story: Story, wait: TraceEvent, waits: readonly TraceEvent[], names: Names): Cell {
  if (wait.objectType === "thread") {
    const isWaiting = waits.some(({ thread }) => thread === wait.other);
    return { text: isWaiting ? "it waits itself" : "", place: null };
  }
  if (wait.other === 0) return { text: NOBODY[wait.text] ?? "", place: null };
  const taken = story.takenBy(wait.other, wait.objectNumber, story.events.length);
  const name = names.get(wait.other) ?? "another thread";
  const who = wait.other === wait.thread ? "itself" : `"${name}"`;
  const ended = story.endOf(wait.other) === undefined ? "" : ", which has ended";
  const since = taken === undefined || taken.step === 0 ? "" : ` since step ${taken.step}`;
  return {
    text: `${who}${since === "" ? "" : ","}${since}${ended}`,
    place: taken === undefined ? null : story.placeOf(taken),
  };
}
