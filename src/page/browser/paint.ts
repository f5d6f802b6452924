// What the signs of the timeline look like: boxes for steps, bars for locks, hatching for waits, arrows for wake-ups.

/** What is painted, and where. */
interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly runIndex: number;
  readonly run: RunData;
  /** The rows that are shown; of these, the places from `first` to `last` are on the screen. */
  readonly rows: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly width: number;
  /** Where the lanes begin. */
  readonly left: number;
  readonly lanes: readonly number[];
  /** What is seen of the waits and the holds. */
  readonly waits: readonly WaitData[];
  readonly holds: readonly HoldData[];
  yOf(place: number): number;
  placeOf(row: number): number;
  /** The room right of a thread's line. */
  widthOf(lane: number): number;
  /** Whether a bar, a wait or an arrow stands in a lane at a row. */
  isTaken(lane: number, row: number): boolean;
  /** NaN for a lane that is not shown. */
  xOf(lane: number): number;
}

function paintRows(frame: Frame): void {
  const { context, rows, first, last, run, yOf, width } = frame;
  const { cursor, line } = palette();
  const here = frame.placeOf(view.row);
  if (rows[here] === view.row) {
    context.fillStyle = cursor;
    context.fillRect(0, yOf(here), width, view.height);
  }
  context.strokeStyle = line;
  context.lineWidth = 1;
  for (const lane of frame.lanes) paintLife(frame, lane);
  const from = rows[first] ?? 0;
  const to = rows[last] ?? 0;
  paintWaits(frame);
  paintHolds(frame);
  for (let place = first; place <= last; place++) paintRow(frame, place);
  for (const arrow of run.arrows) if (arrow.row >= from && arrow.row <= to) paintArrow(frame, arrow);
  paintDifference(frame);
}

// The line of a thread's life, from where it is made to where it ends.
function paintLife({ context, run, xOf, yOf, placeOf }: Frame, lane: number): void {
  const life = run.lanes[lane];
  if (life === undefined) return;
  const x = Math.round(xOf(lane)) + 0.5;
  context.beginPath();
  context.moveTo(x, yOf(placeOf(life.from)) + view.height / 2);
  context.lineTo(x, yOf(placeOf(life.to)) + (life.to === run.rows.length - 1 ? view.height : view.height / 2));
  context.stroke();
}

// Of spans that lie at the same place, because the rows between them are not shown, one is painted.
function apartFrom<T extends { readonly from: number; readonly to: number; readonly lane: number }>(
  { placeOf }: Frame,
  spans: readonly T[],
  kindOf: (span: T) => number,
): readonly T[] {
  const kept = new Map<string, T>();
  for (const span of spans) {
    kept.set(`${span.lane} ${placeOf(span.from)} ${placeOf(span.to)} ${kindOf(span)}`, span);
  }
  return [...kept.values()];
}

function paintWaits(frame: Frame): void {
  const { context, runIndex, run, xOf, yOf, placeOf, first } = frame;
  const colors = palette();
  for (const wait of apartFrom(frame, frame.waits, ({ isForEver }) => Number(isForEver))) {
    const x = xOf(wait.lane);
    if (Number.isNaN(x)) continue;
    const color = wait.isForEver ? colors.bad : colors.wait;
    const top = yOf(placeOf(wait.from)) + 1;
    const height = yOf(placeOf(wait.to)) + view.height - 1 - top;
    hatch(context, x + 1, top, 10, height, color);
    // The words stand in the first row of the wait that is seen and free: in the last one an arrow comes in.
    const begins = run.rows[wait.from]?.lane === wait.lane ? placeOf(wait.from) + 1 : placeOf(wait.from);
    const place = Math.max(begins, first + 1);
    if (view.height < WORDS_LEAST || place >= placeOf(wait.to)) continue;
    const letter = letterOf(runIndex, wait.object);
    const held = wait.holder < 0 ? "" : wait.type === "thread" ? "" : `, held by ${laneName(run, wait.holder)}`;
    const words = `waits for ${letter === "" ? "" : `${letter} `}${objectWords(wait)}${held}`;
    context.fillStyle = color;
    const index = frame.rows[place] ?? 0;
    const stepLane = run.rows[index]?.lane;
    const room = roomFrom(frame, wait.lane, (lane) => lane === stepLane || frame.isTaken(lane, index));
    fitted(context, words, x + 16, yOf(place) + view.height / 2, room - 22);
  }
}

function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  top: number,
  width: number,
  height: number,
  color: string,
): void {
  context.save();
  context.beginPath();
  context.rect(x, top, width, height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.strokeRect(x, top, width, height);
  context.beginPath();
  const begin = Math.max(top - width, -20);
  const end = Math.min(top + height, window.innerHeight + 20);
  for (let y = begin - (begin % 6); y < end; y += 6) {
    context.moveTo(x, y + width);
    context.lineTo(x + width, y);
  }
  context.stroke();
  context.restore();
}

// Locks of one thread stand side by side, left of its line.
function paintHolds(frame: Frame): void {
  const { context, runIndex, xOf, yOf, placeOf, first } = frame;
  const innerOf = (hold: HoldData): number => depths[runIndex]?.get(hold) ?? 0;
  const lettered = frame.holds.filter(({ object }) => letterOf(runIndex, object) !== "");
  for (const hold of apartFrom(frame, lettered, innerOf)) {
    const letter = letterOf(runIndex, hold.object);
    const x = xOf(hold.lane);
    if (Number.isNaN(x)) continue;
    const left = x - (innerOf(hold) + 1) * (HOLD_WIDTH + 1);
    const top = yOf(placeOf(hold.from)) + 3;
    const bottom = yOf(placeOf(hold.to)) + view.height - 3;
    context.fillStyle = lockColor(runIndex, hold.object);
    context.fillRect(left, top, HOLD_WIDTH, Math.max(2, bottom - top));
    if (view.height < WORDS_LEAST) continue;
    context.fillStyle = palette().onLock;
    context.font = BOLD;
    context.textAlign = "center";
    const y = Math.max(top, yOf(first) + view.height) + (view.height - 6) / 2;
    if (y < bottom) context.fillText(letter, left + HOLD_WIDTH / 2, y);
    context.textAlign = "left";
    context.font = FONT;
  }
}

function paintRow(frame: Frame, place: number): void {
  const { context, run, rows, yOf, left } = frame;
  const row = run.rows[rows[place] ?? 0];
  if (row === undefined) return;
  const y = yOf(place);
  if (row.kind === "step") return paintStep(frame, rows[place] ?? 0, row, y);
  if (view.height < WORDS_LEAST) return;
  const colors = palette();
  if (row.kind === "before") {
    context.fillStyle = colors.faint;
    fitted(context, row.text, left + HOLDS_ROOM + 16, y + view.height / 2, frame.width - left - HOLDS_ROOM - 24);
    return;
  }
  for (const { lane, text, tone } of row.effects) {
    const x = frame.xOf(lane);
    if (Number.isNaN(x)) continue;
    const color = tone === "bad" ? colors.bad : colors.faint;
    const room = roomFrom(frame, lane, (other) => row.effects.some((effect) => effect.lane === other));
    const words = `${tone === "bad" ? "\u2716 " : ""}${text}`;
    const width = Math.max(frame.widthOf(lane) - 20, Math.min(room - 20, context.measureText(words).width + 14));
    outlined(context, x + 14, y + 3, width, view.height - 6, color);
    context.fillStyle = color;
    fitted(context, words, x + 20, y + view.height / 2, width - 12);
  }
}

function paintStep(frame: Frame, index: number, row: RowData, y: number): void {
  const { context, xOf } = frame;
  const room = frame.widthOf(row.lane);
  const colors = palette();
  const x = xOf(row.lane);
  if (Number.isNaN(x)) return;
  const isFailing = row.weight === "failing";
  const color = isFailing ? colors.bad : row.weight === "apart" && frame.runIndex === 0 ? colors.faint : colors.ink;
  if (view.height < WORDS_LEAST) {
    context.fillStyle = color;
    const inset = view.height > 4 ? 1 : 0;
    context.fillRect(x + 14, y + inset, Math.min(60, room - 20), Math.max(1, view.height - 2 * inset));
    return;
  }
  const words = wordsOf(row);
  const width = boxWidth(frame, index, row);
  context.fillStyle = colors.box;
  context.fillRect(x + 14, y + 3, width, view.height - 6);
  if (row.weight === "failing" || row.weight === "named") {
    outlined(context, x + 14, y + 3, width, view.height - 6, isFailing ? colors.bad : colors.ink);
  }
  const isBad = isFailing || words.includes("\u2716");
  context.fillStyle = isBad ? colors.bad : color;
  fitted(context, words, x + 21, y + view.height / 2, width - 8);
}

// The operation, and those of its effects that matter most.
function wordsOf(row: RowData): string {
  const isAwake = row.text === "sleep is over";
  const told = row.effects.filter(
    ({ tone, lane }) => lane === row.lane && (tone === "bad" || (tone === "wake" && !isAwake)),
  );
  told.sort((a, b) => Number(b.text === "PANIC") - Number(a.text === "PANIC"));
  return [row.text, ...told.map(({ text, tone }) => (tone === "bad" ? `\u2716 ${text}` : text))].join("  ");
}

// A box runs on into the lanes to its right as far as they are empty in its row.
function boxWidth(frame: Frame, index: number, row: RowData): number {
  const cross = row.effects.some(({ text }) => text === "found nobody") ? 50 : 0;
  const wanted = frame.context.measureText(wordsOf(row)).width + 14;
  const own = frame.widthOf(row.lane) - 20 - cross;
  if (wanted <= own) return wanted;
  return Math.min(wanted, roomFrom(frame, row.lane, (lane) => frame.isTaken(lane, index)) - 20 - cross);
}

/** The room from a thread's line to the first lane to its right in which something stands. */
function roomFrom({ lanes, widthOf }: Frame, own: number, isFull: (lane: number) => boolean): number {
  let room = widthOf(own);
  for (const lane of lanes.slice(lanes.indexOf(own) + 1)) {
    if (isFull(lane)) break;
    room += widthOf(lane) + HOLDS_ROOM;
  }
  return room;
}

function outlined(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
): void {
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.strokeRect(x + 0.5, y + 0.5, width, height);
  context.lineWidth = 1;
}

/** A text that ends in an ellipsis where there is no more room. */
function fitted(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  const fits = Math.floor(room / context.measureText("x").width);
  if (fits < 1) return;
  context.fillText(text.length <= fits ? text : `${text.slice(0, Math.max(0, fits - 1))}\u2026`, x, y);
}
