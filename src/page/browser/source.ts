// The source beside the timeline: the file of the cursor's line, with the lines at which the other threads stand.

/** The lines of each file, once they have been shown. */
const pages = new Map<string, HTMLElement[]>();

function showSource(row: RowData): void {
  const run = currentRun();
  const step = row.frame >= 0 ? row : (lastWithPlace(run, row) ?? row);
  const place = data.places[step.frame];
  const file = data.files.find(({ name }) => name === place?.file);
  const title = element("file");
  const box = element("source");
  if (place === undefined || file === undefined) {
    title.textContent = place === undefined ? "Source" : placeWords(place);
    box.replaceChildren(
      made("p", "quiet", place === undefined ? "This row has no line of its own." : "This file is not in the page."),
    );
    box.dataset["file"] = "";
    return;
  }
  title.textContent = `${placeWords(place)}${step === row ? "" : " (before)"}`;
  const lines = linesOf(file);
  if (box.dataset["file"] !== file.name) box.replaceChildren(...lines);
  box.dataset["file"] = file.name;
  for (const line of box.querySelectorAll(".here, .other")) {
    line.classList.remove("here", "other");
    line.lastElementChild?.replaceChildren();
  }
  for (const [lane, other] of placesOfOthers(run, row, file.name)) mark(lines[other - 1], "other", lane);
  const here = lines[place.line - 1];
  mark(here, "here", row.lane < 0 ? "" : laneName(run, row.lane));
  if (here !== undefined) box.scrollTop = here.offsetTop - box.clientHeight / 2;
}

// Where a row has no line, that of the same thread's last step which had one.
function lastWithPlace(run: RunData, row: RowData): RowData | undefined {
  for (let place = Math.min(view.row, run.rows.length - 1); place >= 0; place--) {
    const earlier = run.rows[place];
    if (earlier !== undefined && earlier.frame >= 0 && (row.lane < 0 || earlier.lane === row.lane)) return earlier;
  }
  return undefined;
}

function linesOf(file: Data["files"][number]): HTMLElement[] {
  const known = pages.get(file.name);
  if (known !== undefined) return known;
  const lines = file.text.split("\n").map((text, index) => {
    const line = made("div", "line");
    line.append(made("span", "number", String(index + 1)), made("code", "", text || " "), made("span", "who"));
    return line;
  });
  pages.set(file.name, lines);
  return lines;
}

function mark(line: HTMLElement | undefined, kind: string, name: string): void {
  line?.classList.add(kind);
  const who = line?.lastElementChild;
  if (who === undefined || who === null || name === "") return;
  who.textContent = who.textContent === "" ? `\u25c2 ${name}` : `${who.textContent}, ${name}`;
}

// At the end: where they wait. Before: where they took their last step.
function placesOfOthers(run: RunData, row: RowData, file: string): [string, number][] {
  return shownLanes(run).flatMap((lane): [string, number][] => {
    if (lane === row.lane || (run.lanes[lane]?.to ?? 0) < view.row) return [];
    const atEnd = row.kind === "end" ? row.effects.find((effect) => effect.lane === lane)?.frame : undefined;
    const place = data.places[atEnd ?? lastStepOf(run, lane, view.row)?.frame ?? -1];
    return place?.file === file ? [[laneName(run, lane), place.line]] : [];
  });
}
