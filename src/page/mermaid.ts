// A trace as a sequence diagram in Mermaid's language, which tickets show as a drawing.
//
// What the causal past of the end leaves out, is left out; repetitions are folded, and of a long trace the end is shown:
// a drawing of a thousand lines tells nobody anything. Names are escaped, as the language has signs of its own.

import type { Arrow, Row, Run } from "#page/data";
import { fold } from "#report/fold";
import { counted, thousands } from "#report/text";

/** Lines of steps at most, the last ones. */
const LINES_MOST = 80;
const TEXT_MOST = 90;

/** The diagram. */
export function mermaidOf(title: string, run: Run): string {
  const lanes = run.lanes.flatMap((lane, place) => (lane.isQuiet ? [] : [place]));
  const shown = lanes.length > 0 ? lanes : run.lanes.map((_, place) => place);
  const isFine = run.outcome === "finished";
  const all = run.rows.filter(({ kind, lane, weight }) => {
    return kind === "step" && shown.includes(lane) && (isFine || weight !== "apart");
  });
  const steps = all.slice(-LINES_MOST);
  const body = fold(steps, ({ lane, text, frame }) => `${lane} ${text} ${frame}`).flatMap(({ items, times }) => {
    const lines = items.flatMap((row) => stepLines(run, row));
    return times === 1 ? lines : [`  loop ${thousands(times)} times`, ...lines.map((line) => `  ${line}`), "  end"];
  });
  const left = all.length - steps.length;
  return `${[
    "sequenceDiagram",
    `  title ${escaped(title)}`,
    ...shown.map((lane) => `  participant T${lane} as ${escaped(run.lanes[lane]?.name ?? "")}`),
    ...(left === 0 ? [] : [`  Note over ${across(shown)}: ${counted(left, "step")} before these left out`]),
    ...body,
    ...endLines(run, shown),
  ].join("\n")}\n`;
}

function stepLines(run: Run, row: Row): string[] {
  const index = run.rows.indexOf(row);
  const arrows = run.arrows.filter((arrow) => arrow.row === index && arrow.from === row.lane);
  const told = row.effects.filter(({ tone, lane }) => tone === "bad" && lane === row.lane).map(({ text }) => text);
  const blocks = run.waits.find(({ lane, from, to }) => lane === row.lane && from === index && to > index);
  if (blocks !== undefined && blocks.type !== "clock") told.push("waits");
  const words = escaped([`${row.step} ${row.text}`, ...told].join(", "));
  const heard = arrows.filter(({ to, kind }) => to >= 0 && kind !== "spawn" && run.lanes[to]?.isQuiet === false);
  const lines = heard.map((arrow) => arrowLine(arrow, words));
  if (arrows.some(({ kind }) => kind === "nobody")) lines.push(`  T${row.lane}-xT${row.lane}: ${words}`);
  return lines.length === 0 ? [`  Note over T${row.lane}: ${words}`] : lines;
}

function arrowLine({ from, to, kind }: Arrow, words: string): string {
  return `  T${from}${kind === "notify" ? "->>" : "-->>"}T${to}: ${words}`;
}

function endLines(run: Run, shown: readonly number[]): string[] {
  const end = run.rows.at(-1);
  const stuck = end?.effects.filter(({ tone, lane }) => tone === "bad" && shown.includes(lane)) ?? [];
  const lines = stuck.map(({ lane, text }) => `  Note over T${lane}: ${escaped(`${text} for ever`)}`);
  return [...lines, `  Note over ${across(shown)}: ${escaped(end?.text ?? "the end")}`];
}

function across(lanes: readonly number[]): string {
  const [first = 0] = lanes;
  const last = lanes.at(-1) ?? first;
  return first === last ? `T${first}` : `T${first},T${last}`;
}

// The language's own signs as entities, by their numbers; "end" alone would end a block.
function escaped(text: string): string {
  const short = text.length > TEXT_MOST ? `${text.slice(0, TEXT_MOST - 1)}\u2026` : text;
  return short
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(/[#;:<>"&{}%]/g, (sign) => `#${sign.charCodeAt(0)};`)
    .replace(/\bend\b/gi, (word) => `${word.slice(0, 1)}#${word.charCodeAt(1)};${word.slice(2)}`);
}
