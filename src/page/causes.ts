// Which steps matter for how it ended: those that the explanation names, and the causal past of the end.
//
// The causal past: a step belongs to it when a later step that belongs to it is of the same thread, or touches what it
// touched, one of the two writing. What is left could have come at another time, or not at all, and it had ended the same.

import type { Weight } from "#page/data";
import type { Rows } from "#page/timeline";
import type { TraceEvent } from "#trace/event";

export interface Weighing {
  /** By row. */
  readonly weights: readonly Weight[];
  /** The row to look at first. */
  readonly start: number;
}

/** Operations that only look. */
const LOOKS = new Set(["atomic get", "read lock", "get count", "wait for thread"]);

/** @param named the numbers of steps that the explanation speaks of */
export function weigh(rows: Rows, named: ReadonlySet<number>): Weighing {
  const { steps, end, outcome } = rows;
  const namedRows = steps.flatMap((step, row) => (step !== null && named.has(step.step) ? [row] : []));
  const isFine = outcome.kind === "finished";
  const failing = isFine ? [] : failingRows(rows, namedRows);
  const past = pastOf(rows, failing);
  const weights = steps.map((_, row): Weight => {
    if (failing.includes(row) || (row === end && !isFine)) return "failing";
    if (namedRows.includes(row)) return "named";
    return past.has(row) ? "cause" : "apart";
  });
  const isStuck = outcome.kind === "deadlock" || outcome.kind === "livelock";
  const last = failing.at(-1);
  return { weights, start: isFine || last === undefined ? (isFine ? 0 : end) : isStuck ? end : last };
}

// Where it failed: the step of the panic or of what was thrown, the last steps of those who wait for ever, else the last step that
// the explanation names.
function failingRows({ story, rowOf, laneOf, stuck, steps }: Rows, named: readonly number[]): number[] {
  const broke = story.events.find(({ kind }) => kind === "panicked" || kind === "failed");
  if (broke !== undefined) return [rowOf[broke.index] ?? 0];
  if (stuck.size > 0) {
    const lastOf = new Map<number, number>();
    steps.forEach((step, row) => step !== null && stuck.has(step.thread) && lastOf.set(laneOf(step.thread), row));
    return [...lastOf.values()].sort((a, b) => a - b);
  }
  return named.slice(-1);
}

interface Touch {
  /** The number of an object, or a thread's id with a minus. */
  readonly object: number;
  readonly writes: boolean;
}

function pastOf({ story, rowOf, steps }: Rows, failing: readonly number[]): ReadonlySet<number> {
  const touched: Touch[][] = steps.map(() => []);
  for (const event of story.events) touched[rowOf[event.index] ?? 0]?.push(...touchesOf(event));
  const past = new Set<number>();
  const read = new Set<number>();
  const written = new Set<number>();
  for (let row = steps.length - 2; row > 0; row--) {
    const touches = touched[row] ?? [];
    const conflicts = ({ object, writes }: Touch): boolean => written.has(object) || (writes && read.has(object));
    if (!failing.includes(row) && !touches.some(conflicts)) continue;
    past.add(row);
    for (const { object, writes } of touches) (writes ? written : read).add(object);
  }
  return past;
}

// What an event touches: its thread, whom it wakes or makes, its object, and the block that a field lies in.
function touchesOf(event: TraceEvent): Touch[] {
  const { kind, objectNumber, thread } = event;
  if (kind === "waiting" || kind === "watched") return [];
  const touches: Touch[] = [{ object: -thread, writes: true }];
  if (kind === "spawned") touches.push({ object: -event.other, writes: true });
  if ((kind === "read" || kind === "access") && event.other !== 0) touches.push({ object: event.other, writes: false });
  if (objectNumber === 0 || event.objectType === "clock") return touches;
  const looks =
    kind === "read" || (kind === "step" && LOOKS.has(event.text)) || (kind === "ordered" && event.value === 1);
  touches.push({ object: objectNumber, writes: !looks });
  return touches;
}
