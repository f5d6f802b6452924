// The list of threads, in Haiku's columns; on a narrow terminal without the addresses of threads and stacks.

import { formatAddress } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";
import type { Debugger } from "#kdl/debugger";
import { cpuOf, stateOf, waitColumns } from "#kdl/state";

/** A line with all columns and a short name. */
const WIDE = 118;
const ADDRESS = 18;

/** The lowest address of a thread's stack: what `bt` prints as its bottom. */
export function stackBase(thread: Thread): number {
  return 0x8100_0000 + ((thread.id * 0x9000) % 0x0f00_0000);
}

/** The heading and a line for each thread. */
export function threadTable({ moment, width }: Debugger, threads: readonly Thread[]): string {
  const isWide = width >= WIDE;
  const ids = Math.max(6, ...threads.map(({ id }) => String(id).length));
  const row = (cells: Readonly<Record<string, string>>): string =>
    [
      ...(isWide ? [cells.thread?.padEnd(ADDRESS)] : []),
      cells.id?.padStart(ids),
      cells.state?.padEnd(9),
      cells.waitFor?.padEnd(9),
      cells.object?.padEnd(ADDRESS),
      cells.cpu?.padStart(3),
      cells.priority?.padStart(3),
      ...(isWide ? [cells.stack?.padEnd(ADDRESS)] : []),
      cells.team?.padStart(4),
      cells.name,
    ].join(" ");
  const heading = row({
    thread: "thread",
    id: "id",
    state: "state",
    waitFor: "wait for",
    object: "object",
    cpu: "cpu",
    priority: "pri",
    stack: "stack",
    team: "team",
    name: "name",
  });
  const rows = threads.map((thread) => {
    const [waitFor, object] = waitColumns(moment, thread);
    return row({
      thread: formatAddress(thread.address),
      id: String(thread.id),
      state: stateOf(moment, thread),
      waitFor,
      object,
      cpu: cpuOf(moment, thread),
      priority: String(thread.priority),
      stack: formatAddress(stackBase(thread)),
      team: String(thread.team.id),
      name: thread.title,
    });
  });
  return [heading, ...rows].join("\n");
}
