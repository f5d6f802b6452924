// What stands beside the timeline: who waits for whom, the source, the step, the state of everything at the cursor.

/** Draws all panels for the cursor. */
function showPanels(): void {
  const row = currentRow();
  const when = row.kind === "step" ? `at step ${row.step}` : row.kind === "end" ? "at the end" : "at the beginning";
  for (const place of document.querySelectorAll(".at")) place.textContent = when;
  showWaits();
  showStep(row);
  showState();
  showSource(row);
}

// --- Who waits for whom ------------------------------------------------------------------------------------------

// A chain: thread, what it waits for, who holds that, what he waits for ..., each thread once.
function showWaits(): void {
  const run = currentRun();
  const waits = run.lanes.flatMap((_, lane) => {
    const wait = waitAt(run, lane, view.row);
    return wait === undefined || wait.type === "clock" ? [] : [wait];
  });
  const seen = new Set<number>();
  const waitedFor = new Set(waits.map(({ holder }) => holder));
  const heads = waits.filter(({ lane }) => !waitedFor.has(lane));
  const chains: HTMLElement[] = [];
  for (const wait of [...heads, ...waits]) {
    if (seen.has(wait.lane) || (isIdleDaemon(run, wait) && !waitedFor.has(wait.lane))) continue;
    chains.push(chainOf(run, waits, wait, seen));
  }
  const idle = waits.filter((wait) => !seen.has(wait.lane)).length;
  if (idle > 0)
    chains.push(made("p", "quiet", `${idle} idle ${idle === 1 ? "daemon waits" : "daemons wait"} for work.`));
  if (chains.length === 0) chains.push(made("p", "quiet", "Nobody waits."));
  element("waits").replaceChildren(...chains);
}

function isIdleDaemon(run: RunData, wait: WaitData): boolean {
  return run.lanes[wait.lane]?.isDaemon === true && wait.holder < 0;
}

function chainOf(run: RunData, waits: readonly WaitData[], head: WaitData, seen: Set<number>): HTMLElement {
  const chain = made("p", "chain");
  let wait: WaitData | undefined = head;
  while (wait !== undefined) {
    seen.add(wait.lane);
    const isJoin = wait.type === "thread";
    chain.append(threadSign(run, wait.lane), linkSign(isJoin ? "waits for the end of" : "waits for"));
    const { holder }: WaitData = wait;
    if (!isJoin) chain.append(objectSign(wait.object, objectWords(wait)));
    if (holder < 0) {
      chain.append(made("span", wait.isForEver ? "bad" : "quiet", ` ${endWords(wait)}`));
      break;
    }
    if (!isJoin) chain.append(linkSign("held by"));
    if (seen.has(holder)) {
      chain.append(threadSign(run, holder), made("span", "bad", " \u21ba a cycle: nobody in it can go on"));
      break;
    }
    wait = waits.find(({ lane }) => lane === holder);
    if (wait === undefined) {
      const ended = (run.lanes[holder]?.to ?? 0) < view.row;
      const words = ended ? " \u2716 which has ended, and never gave it back" : " which can go on";
      chain.append(threadSign(run, holder), made("span", ended ? "bad" : "quiet", words));
    }
  }
  return chain;
}

// What would end a wait for something that nobody holds.
function endWords({ type, isForEver }: WaitData): string {
  const event = type === "condition variable" ? "notify" : type === "semaphore" ? "release" : "wake-up";
  return isForEver ? `\u2716 for ever: no ${event} comes any more` : `until a ${event}`;
}

function threadSign(run: RunData, lane: number): HTMLElement {
  const sign = made("button", "thread", laneName(run, lane));
  sign.setAttribute("type", "button");
  sign.title = "Go to its last step";
  sign.addEventListener("click", () => {
    const row = lastStepOf(run, lane, view.row);
    if (row !== undefined) moveTo(run.rows.indexOf(row));
  });
  return sign;
}

function objectSign(object: number, words: string): HTMLElement {
  const sign = made("span", "object");
  sign.append(letterSign(object), words);
  return sign;
}

function letterSign(object: number): HTMLElement {
  const letter = letterOf(view.run, object);
  const sign = made("b", "letter", letter);
  sign.style.background = lockColor(view.run, object);
  sign.hidden = letter === "";
  return sign;
}

function linkSign(words: string): HTMLElement {
  return made("span", "link", ` ${words} \u2192 `);
}

// --- The step ----------------------------------------------------------------------------------------------------

function showStep(row: RowData): void {
  const run = currentRun();
  const lines: HTMLElement[] = [];
  const who = row.lane < 0 ? "" : `${laneName(run, row.lane)}: `;
  lines.push(made("p", "", `${who}${row.text}`));
  if (row.inside !== "") lines.push(made("p", "quiet", `in ${row.inside}`));
  if (run.isMeasured && row.kind !== "before") lines.push(made("p", "quiet", `${row.time} us of virtual time`));
  const effects = made("ul", "");
  for (const { lane, text, tone, frame } of row.effects) {
    const other = lane === row.lane ? "" : `${laneName(run, lane)}: `;
    const place = data.places[frame];
    const item = made("li", tone, `${tone === "bad" ? "\u2716 " : ""}${other}${text}`);
    if (place !== undefined) item.append(made("span", "place", ` ${placeWords(place)}`));
    effects.append(item);
  }
  if (row.effects.length > 0) lines.push(effects);
  if (row.stack.length > 0) lines.push(stackOf(row));
  element("step").replaceChildren(...lines);
}

function stackOf(row: RowData): HTMLElement {
  const details = made("details", "");
  details.append(made("summary", "", "Stack"));
  const list = made("ol", "stack");
  for (const number of row.stack) {
    const place = data.places[number];
    if (place !== undefined) list.append(made("li", "", placeWords(place)));
  }
  details.append(list);
  return details;
}

// --- The state ---------------------------------------------------------------------------------------------------

const GROUPS: readonly (readonly [group: string, title: string])[] = [
  ["memory", "Memory"],
  ["packets", "Packets queued"],
  ["data", "Shared data"],
  ["semaphores", "Semaphores"],
  ["descriptors", "Descriptors"],
];

function showState(): void {
  const run = currentRun();
  const parts: HTMLElement[] = [locksPart(run), queuesPart(run)];
  const values = valuesAt(run, view.row);
  for (const [group, title] of GROUPS) {
    const own = [...values.values()].filter((value) => value.group === group).reverse();
    if (own.length === 0) continue;
    const list = made("ul", "");
    for (const { text, row, isBad } of own.slice(0, 40)) {
      const isNow = row === view.row && row > 0;
      list.append(
        made("li", isBad ? "bad" : isNow ? "now" : "", `${isBad ? "\u2716 " : isNow ? "\u25b8 " : ""}${text}`),
      );
    }
    if (own.length > 40) list.append(made("li", "quiet", `and ${own.length - 40} more`));
    parts.push(titled(title, list));
  }
  element("state").replaceChildren(...parts);
}

type Values = Map<string, RunData["changes"][number]>;

/** So many changes apart, all values are kept once they are known: the cursor may jump. */
const VALUES_EVERY = 1_000;
const keptValues = new Map<RunData, readonly Values[]>();

/** The last change of each key up to a row, the latest last. */
function valuesAt(run: RunData, row: number): Values {
  const kept = keptValues.get(run) ?? allValues(run);
  keptValues.set(run, kept);
  let end = 0;
  for (let high = run.changes.length; end < high;) {
    const middle = (end + high) >> 1;
    if ((run.changes[middle]?.row ?? 0) <= row) end = middle + 1;
    else high = middle;
  }
  const place = Math.floor(end / VALUES_EVERY);
  const values: Values = new Map(kept[place]);
  for (const change of run.changes.slice(place * VALUES_EVERY, end)) apply(values, change);
  return values;
}

function allValues({ changes }: RunData): readonly Values[] {
  const values: Values = new Map();
  const kept: Values[] = [];
  for (const [place, change] of changes.entries()) {
    if (place % VALUES_EVERY === 0) kept.push(new Map(values));
    apply(values, change);
  }
  if (changes.length % VALUES_EVERY === 0) kept.push(values);
  return kept;
}

function apply(values: Values, change: RunData["changes"][number]): void {
  values.delete(change.key);
  if (change.text !== "") values.set(change.key, change);
}

function locksPart(run: RunData): HTMLElement {
  const list = made("ul", "");
  for (const hold of holdsAt(run, view.row)) {
    const item = made("li", "");
    const since = run.rows[hold.from]?.step ?? 0;
    const how = hold.isShared ? "read by" : "held by";
    item.append(
      letterSign(hold.object),
      `${objectWords(hold)} ${how} ${laneName(run, hold.lane)}${since === 0 ? "" : ` since step ${since}`}`,
    );
    list.append(item);
  }
  if (list.childElementCount === 0) list.append(made("li", "quiet", "no lock is held"));
  return titled("Locks", list);
}

// Those who sit in the queue of one object, in the order in which they came.
function queuesPart(run: RunData): HTMLElement {
  const queues = new Map<number, WaitData[]>();
  for (const wait of run.waits) {
    if (wait.from > view.row || wait.to < view.row || wait.type === "clock") continue;
    queues.set(wait.object, [...(queues.get(wait.object) ?? []), wait]);
  }
  const list = made("ul", "");
  for (const waits of queues.values()) {
    const [first] = waits;
    if (first === undefined) continue;
    const names = waits.map(({ lane }) => laneName(run, lane)).join(", ");
    list.append(made("li", "", `${objectWords(first)}: ${names}`));
  }
  if (list.childElementCount === 0) list.append(made("li", "quiet", "nobody is queued"));
  return titled("Queues", list);
}

function titled(title: string, list: HTMLElement): HTMLElement {
  const part = made("div", "part");
  part.append(made("h3", "", title), list);
  return part;
}
