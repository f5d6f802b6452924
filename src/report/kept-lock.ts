// What a thread that nobody wakes keeps from others: whoever would wake it may stand before a lock that it holds.
//
// Who would have woken it the trace does not show; that somebody waits for its lock it does, and that is said.

import type { Waiting } from "#kernel/outcome";
import { listed } from "#report/text";
import { objectWords, quoted, type Story } from "#report/story";

/** A lock that a waiting thread holds, and that others want. */
export interface KeptLock {
  readonly sentence: string;
  readonly hint: string;
}

/** The locks that this thread holds and others wait for, while it waits for what no thread holds. */
export function keptLocks(story: Story, waiting: Waiting): KeptLock[] {
  if (waiting.objectType !== "semaphore" && waiting.objectType !== "condition variable") return [];
  const behind = story
    .ofKind("waiting")
    .filter(({ other, thread, objectType }) => other === waiting.id && thread !== waiting.id && isLock(objectType));
  const what = objectWords(waiting);
  return [...new Set(behind.map(objectWords))].map((lock) => {
    const names = [...new Set(behind.filter((event) => objectWords(event) === lock).map(quoted))];
    const [wait, one] = names.length === 1 ? ["waits", "it"] : ["wait", "one of them"];
    const wakes = waiting.objectType === "semaphore" ? "release" : "notify";
    const first = behind.find((event) => objectWords(event) === lock);
    const taken = first === undefined ? undefined : story.takenBy(waiting.id, first.objectNumber, story.events.length);
    const since = taken === undefined ? "" : `, taken ${story.whenAndWhere(taken)},`;
    const there = first === undefined ? "" : story.where(first);
    return {
      sentence: `"${waiting.thread}" holds ${lock}${since} all the while, and ${listed(names)} ${wait} for that${names.length === 1 ? there : ""}: if ${one} was to ${wakes} ${what}, nobody ever does.`,
      hint: `Give ${lock} back before waiting for ${what}, or let whoever is to ${wakes} it do so without that lock.`,
    };
  });
}

function isLock(type: string): boolean {
  return type === "spinlock" || type === "mutex" || type === "recursive lock" || type === "rw lock";
}
