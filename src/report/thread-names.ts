// Names of threads where several stand beside each other: those of one name are told apart by their ids, as the debugger has them.

import { isBefore } from "#report/lines";
import { cut } from "#report/text";
import type { TraceEvent } from "#trace/event";

/**
 * The threads that a trace speaks of, by id, in the order in which they were made. Of those that take a step after the set-up, or wait at the
 * end, each has a name that no other of them has: `reader`, or `reader #201` where there are several.
 */
export function threadNames(events: readonly TraceEvent[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const matter = new Set<number>();
  for (const event of events) {
    const { kind, thread } = event;
    if (kind === "spawned") names.set(event.other, event.text);
    else if (thread !== 0 && !names.has(thread)) names.set(thread, event.threadName);
    if (kind === "waiting" || (kind === "step" && !isBefore(event))) matter.add(thread);
  }
  const counts = new Map<string, number>();
  for (const thread of matter) {
    const name = names.get(thread) ?? "";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const thread of matter) {
    const name = names.get(thread) ?? "";
    if ((counts.get(name) ?? 0) > 1) names.set(thread, `${name} #${thread}`);
  }
  return names;
}

/** Such a name in so many characters: what tells it apart is what stays. */
export function cutName(name: string, width: number): string {
  const id = / #\d+$/.exec(name)?.[0].slice(1) ?? "";
  if (name.length <= width || id === "" || id.length >= width) return cut(name, width);
  return cut(name.slice(0, -id.length - 1), width - id.length) + id;
}
