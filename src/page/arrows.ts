// What goes from thread to thread within a row: a notify and whom it woke, a lock that is handed over, a thread that is made.

import type { Arrow } from "#page/data";
import type { Rows } from "#page/timeline";
import { statusName } from "#base/status";
import type { TraceEvent } from "#trace/event";

export function arrowsOf(rows: Rows): Arrow[] {
  const { story, rowOf } = rows;
  return story.events.flatMap((event) => {
    const row = rowOf[event.index] ?? 0;
    const arrow = row === 0 ? null : arrowOf(rows, event, row);
    return arrow === null ? [] : [arrow];
  });
}

function arrowOf({ laneOf }: Rows, event: TraceEvent, row: number): Arrow | null {
  const lane = laneOf(event.thread);
  switch (event.kind) {
    case "spawned":
      return { row, from: lane, to: laneOf(event.other), kind: "spawn", text: "makes" };
    case "notified":
      return event.value === 0 ? { row, from: lane, to: -1, kind: "nobody", text: "wakes nobody" } : null;
    case "woken": {
      if (event.other === 0 || event.objectType === "") return null;
      const status = event.value === 0 ? "" : ` (${statusName(event.value)})`;
      return { row, from: laneOf(event.other), to: lane, kind: wokenKind(event), text: `wakes${status}` };
    }
    default:
      return null;
  }
}

function wokenKind({ objectType }: TraceEvent): Arrow["kind"] {
  if (objectType === "thread") return "end";
  return /mutex|lock/.test(objectType) ? "hand-over" : "notify";
}
