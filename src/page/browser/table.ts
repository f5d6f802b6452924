// All steps as a table, a page of rows at a time: for those who read the page with a screen reader, or search it.

const TABLE_ROWS = 200;
let tablePage = 0;

function showTable(): void {
  const run = currentRun();
  const pageCount = Math.max(1, Math.ceil(run.rows.length / TABLE_ROWS));
  tablePage = Math.max(0, Math.min(tablePage, pageCount - 1));
  const begin = tablePage * TABLE_ROWS;
  const rows = run.rows.slice(begin, begin + TABLE_ROWS).map((row, place) => tableRow(run, row, begin + place));
  const table = element("table");
  table.setAttribute("aria-rowcount", String(run.rows.length + 1));
  table.querySelector("tbody")?.replaceChildren(...rows);
  element("table-where").textContent = `rows ${begin + 1} to ${begin + rows.length} of ${run.rows.length}`;
  element<HTMLButtonElement>("table-previous").disabled = tablePage === 0;
  element<HTMLButtonElement>("table-next").disabled = tablePage === pageCount - 1;
}

function tableRow(run: RunData, row: RowData, index: number): HTMLElement {
  const line = made("tr", row.weight);
  line.setAttribute("aria-rowindex", String(index + 2));
  const number = made("td", "");
  const go = made("button", "step", row.kind === "step" ? String(row.step) : row.kind === "end" ? "end" : "begin");
  go.setAttribute("type", "button");
  go.addEventListener("click", () => moveTo(index));
  number.append(go);
  const place = data.places[row.frame];
  const effects = row.effects.map(({ lane, text }) => (lane === row.lane ? text : `${laneName(run, lane)}: ${text}`));
  line.append(
    number,
    made("td", "", row.lane < 0 ? "" : laneName(run, row.lane)),
    made("td", "", row.text),
    made("td", "", effects.join("; ")),
    made("td", "", place === undefined ? "" : placeWords(place)),
  );
  return line;
}

/** Turns to the page with the cursor, if the table is open. */
function tableFollows(): void {
  if (!element<HTMLDetailsElement>("table-details").open) return;
  tablePage = Math.floor(view.row / TABLE_ROWS);
  showTable();
}
