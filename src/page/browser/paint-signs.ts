// The signs between and beside the lanes: arrows, the gutter with numbers and CPUs, the names, the first difference.

function paintArrow(frame: Frame, arrow: ArrowData): void {
  const { context, xOf, yOf, placeOf, rows } = frame;
  const place = placeOf(arrow.row);
  // Of rows so low, arrows would paint over everything; a notify that nobody heard is still worth it.
  if (rows[place] !== arrow.row || (view.height < 5 && arrow.kind !== "nobody")) return;
  const colors = palette();
  const y = yOf(place) + view.height / 2;
  const from = xOf(arrow.from);
  if (Number.isNaN(from)) return;
  if (arrow.kind === "nobody") return paintNobody(frame, boxEnd(frame, arrow.row, from), y);
  const to = xOf(arrow.to);
  if (Number.isNaN(to) || from === to) return;
  const isRight = to > from;
  const start = isRight ? boxEnd(frame, arrow.row, from) : from + 14;
  const end = to + (isRight ? -2 : 16);
  context.strokeStyle = arrow.kind === "spawn" || arrow.kind === "end" ? colors.faint : colors.wake;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = arrow.kind === "spawn" ? 1 : 2;
  context.setLineDash(arrow.kind === "spawn" ? [2, 3] : arrow.kind === "hand-over" ? [7, 3] : []);
  context.beginPath();
  context.moveTo(start, y);
  context.lineTo(end, y);
  context.stroke();
  context.setLineDash([]);
  context.lineWidth = 1;
  head(context, end, y, isRight ? 1 : -1);
  if (view.height < WORDS_LEAST) return;
  const x = isRight ? to + 16 : to + 28;
  context.fillStyle = colors.paper;
  if (!isRight) context.fillRect(x - 3, y - 8, context.measureText(arrow.text).width + 6, 16);
  context.fillStyle = context.strokeStyle;
  fitted(context, arrow.text, x, y, frame.widthOf(arrow.to) - 40);
}

// A notify that nobody hears ends in a cross.
function paintNobody(frame: Frame, start: number, y: number): void {
  const { context } = frame;
  const end = start + 34;
  context.strokeStyle = palette().bad;
  context.lineWidth = 2;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(start, y);
  context.lineTo(end, y);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(end, y - 5);
  context.lineTo(end + 10, y + 5);
  context.moveTo(end, y + 5);
  context.lineTo(end + 10, y - 5);
  context.stroke();
  context.lineWidth = 1;
}

function head(context: CanvasRenderingContext2D, x: number, y: number, direction: 1 | -1): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 8 * direction, y - 4);
  context.lineTo(x - 8 * direction, y + 4);
  context.fill();
}

// Where the box of a row's step ends.
function boxEnd(frame: Frame, row: number, x: number): number {
  const step = frame.run.rows[row];
  return x + 14 + (step === undefined ? 0 : boxWidth(frame, row, step) + 2);
}

function paintDifference(frame: Frame): void {
  const { context, placeOf, yOf, width, rows, left } = frame;
  if (data.difference < 0 || !view.beside) return;
  const place = placeOf(data.difference);
  if (rows[place] !== data.difference) return;
  const y = Math.round(yOf(place)) + 0.5;
  context.strokeStyle = palette().wake;
  context.setLineDash([8, 4]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
  if (view.height < WORDS_LEAST) return;
  const words = "\u25c6 first difference";
  const wide = context.measureText(words).width + 10;
  // Where the rows above and below the line have no box.
  const taken = [data.difference, data.difference - 1].map((row) => frame.run.rows[row]?.lane);
  const free = frame.lanes.find((lane) => !taken.includes(lane) && frame.xOf(lane) > left);
  const x = free === undefined ? width - wide - 6 : frame.xOf(free) + 20;
  context.fillStyle = palette().wake;
  context.fillRect(x, y - 9, wide, 18);
  context.fillStyle = palette().onLock;
  context.fillText(words, x + 5, y);
}

// Step numbers, what a row has to do with the end, and who runs on which CPU. They stay where they are when lanes scroll.
function paintGutter(frame: Frame): void {
  const { context, run, rows, first, last, yOf, left } = frame;
  const colors = palette();
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, left - 4, yOf(last) + view.height);
  for (let place = first; place <= last; place++) {
    const index = rows[place] ?? 0;
    const row = run.rows[index];
    if (row === undefined) continue;
    const y = yOf(place);
    if (index === view.row) {
      context.fillStyle = colors.cursor;
      context.fillRect(0, y, left - 4, view.height);
    }
    paintCpus(frame, row, y);
    if (view.height < WORDS_LEAST) continue;
    context.fillStyle =
      row.weight === "failing"
        ? colors.bad
        : row.weight === "apart" && frame.runIndex === 0
          ? colors.faint
          : colors.ink;
    context.textAlign = "right";
    context.font = row.weight === "named" || row.weight === "failing" ? BOLD : FONT;
    const label = row.kind === "step" ? String(row.step) : row.kind === "end" ? "end" : "";
    context.fillText(label, GUTTER - 18, y + view.height / 2);
    context.font = FONT;
    context.textAlign = "center";
    context.fillText(SIGNS[row.weight], GUTTER - 8, y + view.height / 2);
    context.textAlign = "left";
  }
}

const SIGNS: Readonly<Record<RowData["weight"], string>> = {
  failing: "\u2716",
  named: "\u25cf",
  cause: "\u00b7",
  apart: "",
};

function paintCpus({ context, run, lanes }: Frame, row: RowData, y: number): void {
  if (row.cpu < 0 || row.cpu >= run.cpus.length) return;
  const { locks, faint } = palette();
  const column = lanes.indexOf(row.lane);
  const x = GUTTER + row.cpu * CPU_WIDTH;
  context.fillStyle = faint;
  context.globalAlpha = 0.35;
  context.fillRect(x, y, CPU_WIDTH - 3, view.height);
  context.globalAlpha = 1;
  if (column < 0 || view.height < WORDS_LEAST) return;
  context.fillStyle = locks[column % locks.length] as string;
  context.fillRect(x, y, CPU_WIDTH - 3, view.height);
  context.fillStyle = palette().onLock;
  context.textAlign = "center";
  context.fillText(String(column + 1), x + (CPU_WIDTH - 3) / 2, y + view.height / 2);
  context.textAlign = "left";
}

function paintHeader(frame: Frame): void {
  const { context, run, width, left, lanes } = frame;
  const colors = palette();
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, width, HEADER);
  context.font = BOLD;
  for (const [column, lane] of lanes.entries()) {
    const life = run.lanes[lane];
    const x = frame.xOf(lane);
    const room = frame.widthOf(lane);
    if (life === undefined || x + room < left) continue;
    context.fillStyle = colors.ink;
    const number = run.cpus.length === 0 ? "" : `${column + 1} `;
    fitted(context, `${number}${life.name}${life.isDaemon ? " (daemon)" : ""}`, x, HEADER / 2, room - 8);
  }
  context.fillStyle = colors.paper;
  context.fillRect(0, 0, left - 20, HEADER);
  context.fillStyle = colors.faint;
  context.font = FONT;
  if (view.beside) {
    context.fillStyle = frame.runIndex === 0 ? colors.bad : colors.wake;
    context.font = BOLD;
    const sign = run.outcome === "finished" ? "\u2713" : "\u2716";
    fitted(context, `${sign} ${run.title}`, 6, HEADER / 2, left - 26);
    context.font = FONT;
  } else context.fillText("step", 6, HEADER / 2);
  if (run.cpus.length > 0 && !view.beside)
    fitted(context, "CPU", GUTTER - 8, HEADER / 2, Math.max(24, run.cpus.length * CPU_WIDTH));
  context.strokeStyle = colors.line;
  context.beginPath();
  context.moveTo(0, HEADER - 0.5);
  context.lineTo(width, HEADER - 0.5);
  context.stroke();
}
