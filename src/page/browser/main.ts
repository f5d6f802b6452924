// What the page does when it is opened, and when somebody presses a key.

const charts = data.runs.map((_, index) => new Chart(index));

function moveTo(row: number): void {
  const most = Math.max(...(view.beside ? data.runs : [currentRun()]).map(({ rows }) => rows.length)) - 1;
  view.row = Math.max(0, Math.min(row, most));
  for (const chart of charts) {
    if (chart.box.hidden) continue;
    chart.reveal();
    chart.draw();
  }
  showPanels();
  tableFollows();
  say();
}

// What a screen reader says of the cursor.
function say(): void {
  const run = currentRun();
  const row = currentRow();
  const who = row.lane < 0 ? "" : `${laneName(run, row.lane)}: `;
  const place = data.places[row.frame];
  const bad = row.effects
    .filter(({ tone }) => tone === "bad")
    .map(({ lane, text }) => (lane === row.lane ? text : `${laneName(run, lane)} ${text}`));
  const number = row.kind === "step" ? `Step ${row.step}, row ${view.row} of ${run.rows.length - 1}. ` : "";
  const which = view.beside ? `The one that ${run.title}. ` : "";
  const where = place === undefined ? "" : ` at ${placeWords(place)}`;
  const effects = bad.length === 0 ? "" : `. ${bad.join("; ")}`;
  element("status").textContent = `${which}${number}${who}${row.text}${where}${effects}.`;
}

function layOut(): void {
  element("panes").classList.toggle("two", view.beside);
  for (const chart of charts) chart.box.hidden = chart.index !== 0 && !view.beside;
  for (const chart of charts) {
    chart.box.classList.toggle("active", view.beside && chart.index === view.run);
    if (!chart.box.hidden) chart.layOut();
  }
  element<HTMLInputElement>("only").checked = view.onlyCauses;
  element<HTMLInputElement>("only").disabled = view.beside;
  element<HTMLInputElement>("all").checked = view.allThreads;
  element<HTMLInputElement>("beside").checked = view.beside;
}

function relayOut(): void {
  layOut();
  moveTo(view.row);
}

function zoom(height: number): void {
  view.height = Math.max(1, Math.min(40, Math.round(height)));
  relayOut();
}

function showBeside(isShown: boolean): void {
  if (data.runs.length < 2) return;
  view.beside = isShown;
  if (!isShown) view.run = 0;
  layOut();
  moveTo(isShown && data.difference >= 0 ? data.difference : view.row);
}

/** The next row, in a direction, for which `test` holds. */
function seek(by: 1 | -1, test: (row: RowData) => boolean): void {
  const { rows } = currentRun();
  for (let place = view.row + by; place >= 0 && place < rows.length; place += by) {
    const row = rows[place];
    if (row !== undefined && test(row)) return moveTo(place);
  }
}

function sameThread(by: 1 | -1): void {
  const { lane } = currentRow();
  seek(by, (row) => row.kind === "step" && (lane < 0 || row.lane === lane));
}

function sideways(by: 1 | -1): void {
  const lanes = shownLanes(currentRun());
  const column = lanes.indexOf(currentRow().lane);
  const target = lanes[column < 0 ? (by > 0 ? 0 : lanes.length - 1) : column + by];
  if (target === undefined) return;
  const row = lastStepOf(currentRun(), target, view.row);
  if (row === undefined) seek(1, ({ lane }) => lane === target);
  else moveTo(currentRun().rows.indexOf(row));
}

function change(act: () => void): void {
  act();
  relayOut();
}

const active = (): Chart => charts[view.run] as Chart;

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowDown: () => moveTo(active().rowBeside(view.row, 1)),
  ArrowUp: () => moveTo(active().rowBeside(view.row, -1)),
  PageDown: () => moveTo(active().rowBeside(view.row, active().screenful)),
  PageUp: () => moveTo(active().rowBeside(view.row, -active().screenful)),
  Home: () => moveTo(0),
  End: () => moveTo(Number.MAX_SAFE_INTEGER),
  ArrowLeft: () => sideways(-1),
  ArrowRight: () => sideways(1),
  n: () => sameThread(1),
  p: () => sameThread(-1),
  e: () => seek(1, ({ weight }) => weight === "named" || weight === "failing"),
  E: () => seek(-1, ({ weight }) => weight === "named" || weight === "failing"),
  "+": () => zoom(view.height * 1.3 + 1),
  "=": () => zoom(view.height * 1.3 + 1),
  "-": () => zoom(view.height / 1.3 - 1),
  "0": () => zoom(active().heightOfAll()),
  c: () => change(() => (view.onlyCauses = !view.onlyCauses)),
  a: () => change(() => (view.allThreads = !view.allThreads)),
  b: () => showBeside(!view.beside),
  d: () => {
    if (data.difference < 0) return;
    if (!view.beside) showBeside(true);
    moveTo(data.difference);
  },
  "?": () => element<HTMLDialogElement>("help").showModal(),
};

function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (element<HTMLDialogElement>("help").open) return;
  const isText = target instanceof HTMLInputElement && target.type !== "checkbox";
  const isScrolled = target instanceof HTMLElement && target.closest("#source, #table-details") !== null;
  if (isText || (isScrolled && /^(Arrow|Page|Home|End)/.test(key))) return;
  const act = KEYS[key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function onWheel(event: WheelEvent): void {
  if (!event.ctrlKey) return;
  event.preventDefault();
  zoom(event.deltaY < 0 ? view.height * 1.15 + 1 : view.height / 1.15 - 1);
}

function wireChart(chart: Chart): void {
  element("charts").append(chart.box);
  chart.box.addEventListener("click", ({ clientY }) => {
    const row = chart.rowAt(clientY);
    view.run = chart.index;
    layOut();
    if (row >= 0) moveTo(row);
  });
  chart.box.addEventListener("focus", () => {
    if (view.run === chart.index) return;
    view.run = chart.index;
    relayOut();
  });
  chart.box.addEventListener("wheel", onWheel, { passive: false });
  chart.box.addEventListener("scroll", () => {
    for (const other of charts) if (other !== chart && !other.box.hidden) other.box.scrollTop = chart.box.scrollTop;
  });
}

function wireButtons(): void {
  const buttons: Readonly<Record<string, string>> = {
    first: "Home",
    previous: "ArrowUp",
    next: "ArrowDown",
    last: "End",
    in: "+",
    out: "-",
    only: "c",
    all: "a",
    beside: "b",
    "help-button": "?",
  };
  for (const [id, key] of Object.entries(buttons)) element(id).addEventListener("click", () => KEYS[key]?.());
  for (const button of document.querySelectorAll<HTMLElement>("[data-step]")) {
    button.addEventListener("click", () => {
      view.run = 0;
      const row = currentRun().rows.findIndex(({ step }) => step === Number(button.dataset["step"]));
      if (row >= 0) moveTo(row);
      active().box.scrollIntoView({ block: "nearest" });
    });
  }
  element("copy").addEventListener("click", () => {
    const input = element<HTMLInputElement>("replay");
    input.select();
    const isCopied = document.execCommand("copy");
    element("copy").textContent = isCopied ? "Copied" : "Press control c";
  });
  element("table-details").addEventListener("toggle", tableFollows);
  const turn = (by: number): void => {
    tablePage += by;
    showTable();
  };
  element("table-previous").addEventListener("click", () => turn(-1));
  element("table-next").addEventListener("click", () => turn(1));
}

function showLegend(): void {
  const signs: readonly (readonly [sign: string, words: string])[] = [
    ["\u2716", "what failed; a notify that woke nobody; memory that was freed"],
    ["\u25cf", "a step that the explanation names"],
    ["\u00b7", "a step in the causal past of the end: another order of it might have ended otherwise"],
    ["A B", "a bar with a letter: the thread holds that lock, which \u201cState\u201d names"],
    ["\u2571\u2571", "hatched: the thread waits; in the colour of failures, for ever"],
    ["\u2192", "who wakes whom; dashed, a lock that is handed over; dotted, a thread that is made"],
    ["1 2", "in the column of a CPU: whose step it was, by the number before the thread's name"],
    ["\u25c6", "the first difference from the execution beside it"],
  ];
  const table = made("table", "");
  for (const [sign, words] of signs) {
    const row = made("tr", "");
    row.append(made("th", "", sign), made("td", "", words));
    table.append(row);
  }
  element("legend").append(table);
}

function begin(): void {
  for (const chart of charts) wireChart(chart);
  wireButtons();
  showLegend();
  element("beside-label").hidden = data.runs.length < 2;
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", relayOut);
  isDark.addEventListener("change", relayOut);
  view.beside = document.body.dataset["beside"] === "open" && data.runs.length > 1;
  layOut();
  moveTo(view.row);
  document.documentElement.dataset["ready"] = "yes";
}

begin();
