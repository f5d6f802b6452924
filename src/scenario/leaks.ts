// What was never given back: the judge of memory at the end of an execution that finished.
//
// The rule: once nothing is open any more and no service thread of the kernel is left, whatever the threads
// have allocated must be free again, in the set-up as in the run: the last close, or the interface's end, was the
// last moment at which it could have been freed. While a descriptor is open or an interface is there, memory may rightly be theirs,
// and nothing is said. What a driver allocates when it is loaded lives as long as the kernel does.
// What is lost while something else is still open needs a trace: src/judges/leak.ts.

import type { Verdict } from "#explore/execution";
import type { Kernel } from "#kernel/kernel";
import { ThreadState } from "#kernel/thread";
import { liveBufferCount } from "#net/net-buffer";
import { filesOf } from "#vfs/files";

const LEAKS_ALLOWED = "leaks allowed";

/** What is left at the end of this host's execution is no leak. */
export function allowLeaks(kernel: Kernel): void {
  kernel.services.set(LEAKS_ALLOWED, true);
}

export function leaksAllowed(kernel: Kernel): boolean {
  return kernel.services.has(LEAKS_ALLOWED);
}

/** The leak of a host whose execution has finished; null when there is none. */
export function leakVerdict(kernel: Kernel): Verdict | null {
  if (leaksAllowed(kernel)) return null;
  const blocks = kernel.heap.live.filter((block) => block.allocated.threadId !== 0);
  const buffers = liveBufferCount(kernel);
  if ((blocks.length === 0 && buffers === 0) || !isAtRest(kernel)) return null;
  const lost = new Map<string, number>();
  for (const { type, allocated } of blocks) {
    const what = `${type.name}, allocated by "${allocated.thread}"`;
    lost.set(what, (lost.get(what) ?? 0) + 1);
  }
  if (buffers > 0) lost.set("net buffer", buffers);
  // Names and numbers only, sorted: two executions that leak alike say so in the same words.
  const list = [...lost].map(([what, count]) => (count === 1 ? what : `${count} times ${what}`)).sort();
  return { kind: "leak", message: `never freed, though nothing is open any more: ${list.join("; ")}` };
}

function isAtRest(kernel: Kernel): boolean {
  return !hasServices(kernel) && filesOf(kernel).liveDescriptors.length === 0;
}

/** Whether a service thread of the kernel is left: an interface has its consumer for as long as it exists. */
export function hasServices(kernel: Kernel): boolean {
  const { threads } = kernel.simulation;
  return threads.some((thread) => thread.kernel === kernel && thread.daemon && thread.state !== ThreadState.dead);
}
