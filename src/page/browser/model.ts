// The page's data, and what is looked at: which execution, which row, which rows and lanes are shown.
//
// These files are scripts and no modules: put one after the other they are the page's script. No name of theirs is seen outside.

type Data = import("../data.js").PageData;
type RunData = import("../data.js").Run;
type RowData = import("../data.js").Row;
type LaneData = import("../data.js").Lane;
type HoldData = import("../data.js").Hold;
type WaitData = import("../data.js").Wait;
type ArrowData = import("../data.js").Arrow;
type PlaceData = import("../data.js").Place;

function element<T extends HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found as T;
}

/** A new element with a class and a text. */
function made(tag: string, kind = "", text = ""): HTMLElement {
  const node = document.createElement(tag);
  if (kind !== "") node.className = kind;
  if (text !== "") node.textContent = text;
  return node;
}

const data = JSON.parse(element("data").textContent ?? "") as Data;

/** What is looked at; `changed` draws it anew. */
const view = {
  /** 0: the execution that the page is about; 1: the one beside it. */
  run: 0,
  /** The row, the same one in both. */
  row: data.runs[0]?.start ?? 0,
  /** Pixels of a row. */
  height: 26,
  onlyCauses: false,
  allThreads: false,
  beside: false,
};

function runOf(index: number): RunData {
  const run = data.runs[index];
  if (run === undefined) throw new Error(`the page has no execution ${index}`);
  return run;
}

function currentRun(): RunData {
  return runOf(view.run);
}

/** The row at the cursor; the last one where this execution is shorter than the other. */
function currentRow(): RowData {
  const { rows } = currentRun();
  return rows[Math.min(view.row, rows.length - 1)] as RowData;
}

/** The rows that are shown, in order. Side by side all are, so that they stay level. */
function shownRows(run: RunData): readonly number[] {
  const all = run.rows.map((_, row) => row);
  if (view.beside) return all;
  const lanes = new Set([-1, ...shownLanes(run)]);
  return all.filter((row) => {
    const { kind, lane, weight } = run.rows[row] as RowData;
    return kind !== "step" || (lanes.has(lane) && (!view.onlyCauses || weight !== "apart"));
  });
}

/** The lanes that are shown, in order. Where everybody is quiet, all. */
function shownLanes(run: RunData): readonly number[] {
  const all = run.lanes.map((_, lane) => lane);
  const busy = all.filter((lane) => run.lanes[lane]?.isQuiet === false);
  return view.allThreads || busy.length === 0 ? all : busy;
}

function laneName(run: RunData, lane: number): string {
  return run.lanes[lane]?.name ?? "nobody";
}

/** A letter for each lock that is held for longer than a step or waited for, as a sign beside colour: A, B ... Z, A2 ... */
function lettersOf(run: RunData): ReadonlyMap<number, string> {
  const letters = new Map<number, string>();
  const give = (object: number): void => {
    if (letters.has(object)) return;
    const round = Math.floor(letters.size / 26);
    letters.set(object, String.fromCharCode(65 + (letters.size % 26)) + (round === 0 ? "" : String(round + 1)));
  };
  const waitedFor = new Set(run.waits.map(({ object }) => object));
  for (const { object, from, to } of run.holds) if (to > from || waitedFor.has(object)) give(object);
  return letters;
}

const letters = data.runs.map(lettersOf);

function letterOf(runIndex: number, object: number): string {
  return letters[runIndex]?.get(object) ?? "";
}

/** How many other locks with a letter a thread has when it gets one: so many bars stand between that one's and its line. */
function depthsOf({ holds }: RunData, runIndex: number): ReadonlyMap<HoldData, number> {
  const open = new Map<number, HoldData[]>();
  const found = new Map<HoldData, number>();
  for (const hold of holds) {
    if (letterOf(runIndex, hold.object) === "") continue;
    const others = (open.get(hold.lane) ?? []).filter(({ to }) => to >= hold.from);
    found.set(hold, others.filter(({ from }) => from < hold.from).length);
    others.push(hold);
    open.set(hold.lane, others);
  }
  return found;
}

const depths = data.runs.map(depthsOf);

/** What a thread waits for at a row; undefined when it does not. */
function waitAt(run: RunData, lane: number, row: number): WaitData | undefined {
  return run.waits.find((wait) => wait.lane === lane && wait.from <= row && row <= wait.to);
}

function holdsAt(run: RunData, row: number): readonly HoldData[] {
  return run.holds.filter(({ from, to }) => from <= row && row <= to);
}

/** The step of a thread at or before a row. */
function lastStepOf(run: RunData, lane: number, row: number): RowData | undefined {
  for (let place = Math.min(row, run.rows.length - 1); place >= 0; place--) {
    if (run.rows[place]?.lane === lane) return run.rows[place];
  }
  return undefined;
}

function placeWords(place: PlaceData): string {
  const name = place.name === "(anonymous)" ? "" : ` ${place.name}`;
  return `${place.file}:${place.line}${name}`;
}

function objectWords({ type, name }: { readonly type: string; readonly name: string }): string {
  return type === "clock" ? "time" : `${type} "${name}"`;
}
