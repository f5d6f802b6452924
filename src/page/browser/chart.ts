// One execution, drawn on a canvas: only the rows that are seen, however many there are.
//
// The canvas stands still in a box that scrolls over as much empty room as the rows would take.

const HEADER = 30;
const GUTTER = 58;
const CPU_WIDTH = 12;
const LANE_LEAST = 90;
const LANE_GOOD = 150;
const LANE_MOST = 520;
const HOLD_WIDTH = 15;
/** Room for the bars of two locks, left of a thread's line. */
const HOLDS_ROOM = 2 * HOLD_WIDTH + 6;
/** Rows lower than this show signs, no words. */
const WORDS_LEAST = 13;
const FONT = "12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const BOLD = `bold ${FONT}`;

class Chart {
  readonly box: HTMLElement;
  readonly index: number;
  readonly #canvas: HTMLCanvasElement;
  readonly #room: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  #rows: readonly number[] = [];
  #lanes: readonly number[] = [];
  /** Where each shown lane begins, and where the last one ends. */
  #edges: readonly number[] = [0];
  #needs: readonly number[] | null = null;
  #width = 0;
  #height = 0;
  #isAsked = false;

  constructor(index: number) {
    this.index = index;
    this.box = made("div", "chart");
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute(
      "aria-label",
      `Timeline of the execution that ${runOf(index).title}. Arrow keys move the cursor.`,
    );
    this.#canvas = document.createElement("canvas");
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#room = made("div", "room");
    this.box.append(this.#canvas, this.#room);
    const context = this.#canvas.getContext("2d");
    if (context === null) throw new Error("this browser draws on no canvas");
    this.#context = context;
    context.font = FONT;
    this.box.addEventListener("scroll", () => this.draw());
  }

  get run(): RunData {
    return runOf(this.index);
  }

  /** Makes what is shown fit: rows, lanes, the size. */
  layOut(): void {
    this.#rows = shownRows(this.run);
    this.#lanes = shownLanes(this.run);
    this.#width = this.box.clientWidth;
    this.#height = this.box.clientHeight;
    this.#edges = this.#edgesFor(this.#width - this.#left());
    this.#room.style.height = `${HEADER + this.#rows.length * view.height - this.#height}px`;
    this.#room.style.width = `${this.#left() + (this.#edges.at(-1) ?? 0)}px`;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(this.#width * ratio);
    this.#canvas.height = Math.round(this.#height * ratio);
    this.#canvas.style.width = `${this.#width}px`;
    this.#canvas.style.height = `${this.#height}px`;
    this.draw();
  }

  /** The row height at which everything is on one screen. */
  heightOfAll(): number {
    return Math.max(1, Math.min(26, Math.floor((this.#height - HEADER) / Math.max(1, this.#rows.length))));
  }

  /** Rows on a screen. */
  get screenful(): number {
    return Math.max(1, Math.floor((this.#height - HEADER) / view.height) - 1);
  }

  /** Scrolls so far that the cursor is seen, with a few rows around it. */
  reveal(): void {
    const place = this.#placeOf(view.row);
    const top = place * view.height;
    const room = this.#height - HEADER;
    const margin = Math.min(3 * view.height, room / 3);
    if (top - margin < this.box.scrollTop) this.box.scrollTop = Math.max(0, top - margin);
    else if (top + view.height + margin > this.box.scrollTop + room)
      this.box.scrollTop = top + view.height + margin - room;
    const column = this.#lanes.indexOf(this.run.rows[view.row]?.lane ?? -1);
    if (column < 0) return;
    const from = this.#edges[column] ?? 0;
    const to = this.#edges[column + 1] ?? 0;
    const seen = this.#width - this.#left();
    if (from < this.box.scrollLeft) this.box.scrollLeft = from;
    else if (to > this.box.scrollLeft + seen) this.box.scrollLeft = to - seen;
  }

  /** The row at a place on the screen; -1 for none. */
  rowAt(clientY: number): number {
    const y = clientY - this.box.getBoundingClientRect().top - HEADER + this.box.scrollTop;
    return y < 0 ? -1 : (this.#rows[Math.floor(y / view.height)] ?? -1);
  }

  /** The shown row that is `by` rows further. */
  rowBeside(row: number, by: number): number {
    const place = Math.max(0, Math.min(this.#rows.length - 1, this.#placeOf(row) + by));
    return this.#rows[place] ?? 0;
  }

  draw(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
    });
  }

  // The place of a row among those shown, or where it would be.
  #placeOf(row: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] as number) < row) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, this.#rows.length - 1);
  }

  // Each lane is as wide as its longest words need, as far as there is room; what is left over is shared.
  #edgesFor(room: number): readonly number[] {
    this.#needs ??= this.run.lanes.map((_, lane) => this.#needOf(lane));
    const needs = this.#lanes.map((lane) => this.#needs?.[lane] ?? LANE_LEAST);
    const most = fittingCap(needs, room);
    const widths = needs.map((need) => Math.min(need, most));
    const spare = Math.max(0, room - widths.reduce((sum, width) => sum + width, 0)) / Math.max(1, widths.length);
    let edge = 0;
    return [0, ...widths.map((width) => (edge += Math.min(LANE_MOST, width + spare)))];
  }

  #needOf(lane: number): number {
    let longest = (this.run.lanes[lane]?.name.length ?? 0) + 3;
    for (const row of this.run.rows) if (row.lane === lane) longest = Math.max(longest, wordsOf(row).length + 2);
    const character = this.#context.measureText("x").width;
    return Math.max(LANE_LEAST, Math.min(LANE_MOST, longest * character + HOLDS_ROOM + 30));
  }

  #left(): number {
    return GUTTER + this.run.cpus.length * CPU_WIDTH + 6;
  }

  #paint(): void {
    const context = this.#context;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette().paper;
    context.fillRect(0, 0, this.#width, this.#height);
    context.font = FONT;
    context.textBaseline = "middle";
    const first = Math.max(0, Math.floor(this.box.scrollTop / view.height));
    const last = Math.min(this.#rows.length - 1, first + Math.ceil(this.#height / view.height) + 1);
    const from = this.#rows[first] ?? 0;
    const to = this.#rows[last] ?? 0;
    const isSeen = (span: HoldData | WaitData): boolean => span.from <= to && span.to >= from;
    const [holds, waits] = [this.run.holds.filter(isSeen), this.run.waits.filter(isSeen)];
    const spans = [...holds, ...waits];
    const arrows = new Set(this.run.arrows.map(({ row }) => row).filter((row) => row >= from && row <= to));
    const frame: Frame = {
      context,
      runIndex: this.index,
      run: this.run,
      rows: this.#rows,
      first,
      last,
      width: this.#width,
      left: this.#left(),
      widthOf: (lane) => {
        const column = this.#lanes.indexOf(lane);
        return (this.#edges[column + 1] ?? 0) - (this.#edges[column] ?? 0) - HOLDS_ROOM;
      },
      yOf: (place) => HEADER + place * view.height - this.box.scrollTop,
      placeOf: (row) => this.#placeOf(row),
      isTaken: (lane, row) =>
        arrows.has(row) || spans.some((span) => span.lane === lane && span.from <= row && row <= span.to),
      xOf: (lane) => {
        const column = this.#lanes.indexOf(lane);
        return column < 0 ? Number.NaN : this.#left() + (this.#edges[column] ?? 0) + HOLDS_ROOM - this.box.scrollLeft;
      },
      lanes: this.#lanes,
      holds,
      waits,
    };
    paintRows(frame);
    paintGutter(frame);
    paintHeader(frame);
  }
}

// What no lane may exceed, so that all fit into the room, if that can be; each gets a good width at least.
function fittingCap(needs: readonly number[], room: number): number {
  let left = room;
  const sorted = [...needs].sort((a, b) => a - b);
  for (const [place, need] of sorted.entries()) {
    const even = left / (sorted.length - place);
    if (need > even) return Math.max(LANE_GOOD, even);
    left -= need;
  }
  return LANE_MOST;
}
