// The state of shared data, memory, semaphores and descriptors, as changes from row to row.
//
// Data and memory come from the events of the trace; what no event tells (a semaphore's count, who has which descriptor, the
// packets in a queue) was
// observed in the live simulation, step by step.

import type { Change, Cpu } from "#page/data";
import type { Rows } from "#page/timeline";
import type { TraceEvent } from "#trace/event";

/** What was seen in the live simulation, and no event says. */
export interface Observed {
  /** All CPUs, of all hosts. */
  readonly cpus: readonly Cpu[];
  /** Which of them took a step, by its number, where that is known. */
  readonly cpuOf: ReadonlyMap<number, number>;
  /** What is so from the beginning of this step on, in order. An empty text: it is gone. */
  readonly changes: readonly {
    readonly step: number;
    readonly group: "packets" | "semaphores" | "descriptors";
    readonly key: string;
    readonly text: string;
  }[];
}

/** All changes, in the order of their rows. */
export function changesOf(rows: Rows, observed: Observed): Change[] {
  const changes = [...recordedChanges(rows), ...observedChanges(rows, observed)];
  return changes.sort((a, b) => a.row - b.row);
}

// Of what is no more touched once the set-up is over, nobody wants to know.
function recordedChanges({ story, rowOf }: Rows): Change[] {
  const touched = new Set<number>();
  for (const { index, kind, objectNumber, other } of story.events) {
    if (rowOf[index] === 0) continue;
    if (kind === "read" || kind === "access") touched.add(objectNumber).add(other);
    if (kind === "freed" || kind === "allocated" || kind === "touched-freed") touched.add(objectNumber);
  }
  const titles = blockTitles(story.events);
  const fields = new Map<number, Set<string>>();
  const changes: Change[] = [];
  for (const event of story.events) {
    const { kind, objectNumber: object } = event;
    const row = rowOf[event.index] ?? 0;
    if (kind === "access" && touched.has(object)) {
      const key = `data ${object}`;
      changes.push({ row, group: "data", key, text: titled(event, titles), isBad: false });
      fields.set(event.other, (fields.get(event.other) ?? new Set()).add(key));
    } else if (kind === "allocated" && touched.has(object)) {
      changes.push({ row, group: "memory", key: `block ${object}`, text: memoryWords(event, titles), isBad: false });
    } else if (kind === "freed") {
      changes.push({ row, group: "memory", key: `block ${object}`, text: memoryWords(event, titles), isBad: true });
      for (const key of fields.get(object) ?? []) changes.push({ row, group: "data", key, text: "", isBad: false });
    }
  }
  return changes;
}

// Blocks of one type are numbered where there are several.
function blockTitles(events: readonly TraceEvent[]): ReadonlyMap<number, string> {
  const allocated = events.filter(({ kind }) => kind === "allocated");
  const counts = new Map<string, number>();
  const titles = new Map<number, string>();
  for (const { object, objectNumber } of allocated) {
    const number = (counts.get(object) ?? 0) + 1;
    counts.set(object, number);
    titles.set(objectNumber, `${object} no. ${number}`);
  }
  for (const { object, objectNumber } of allocated) if (counts.get(object) === 1) titles.set(objectNumber, object);
  return titles;
}

function titled(event: TraceEvent, titles: ReadonlyMap<number, string>): string {
  const block = titles.get(event.other);
  const dot = event.object.indexOf(".");
  return block === undefined || dot < 0 ? event.text : `${block}${event.text.slice(dot)}`;
}

function memoryWords(event: TraceEvent, titles: ReadonlyMap<number, string>): string {
  const title = titles.get(event.objectNumber) ?? event.object;
  const when = event.inSetup || event.step === 0 ? "in the set-up" : `at step ${event.step}`;
  const by = event.threadName === "" ? "" : ` by ${event.threadName}`;
  return `${title}: ${event.kind}${by} ${when}`;
}

// What is so at the beginning of a step was made so by the one before; at the very end there is one more.
function observedChanges({ steps, end }: Rows, { changes }: Observed): Change[] {
  const rowOf = new Map<number, number>();
  steps.forEach((step, row) => step !== null && rowOf.set(step.step, row));
  const first = steps.find((step) => step !== null)?.step ?? Number.POSITIVE_INFINITY;
  return changes.map(({ step, ...change }) => {
    const row = step <= first ? 0 : (rowOf.get(step) ?? end + 1) - 1;
    return { ...change, row, isBad: false };
  });
}
