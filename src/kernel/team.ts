// A team: what owns threads and, through the vfs layer above, descriptors.

import { UsageError } from "#base/assert";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import type { Thread } from "#kernel/thread";

/** A team of threads. The vfs gives user teams their descriptors (src/vfs/user-team.ts). */
export class Team {
  readonly kernel: Kernel;
  readonly id: number;
  readonly name: string;
  /** How many of its threads have not run to their end. */
  liveThreads = 0;
  /** What the vfs keeps for this team, as Haiku's team keeps its io_context. */
  ioContext: unknown = null;

  constructor(kernel: Kernel, name: string) {
    this.kernel = kernel;
    this.name = name;
    this.id = kernel.teams.length + 1;
    kernel.teams.push(this);
  }

  /** One of its threads has run its body; the last one may have something to do before it is gone. */
  threadLeaves(thread: Thread): Steps<void> | null {
    this.liveThreads--;
    return this.liveThreads === 0 ? this.leave(thread) : null;
  }

  /** What the team's last thread does before it is gone (closing descriptors); null when there is nothing. */
  leave(_thread: Thread): Steps<void> | null {
    return null;
  }
}

/** More threads than this at once are a mistake of whoever makes them. */
const THREADS_MOST = 4096;

/** Whether this host may have one thread more. @throws UsageError when it has too many that have not left their teams */
export function checkRoomFor(name: string, { simulation, teams }: Kernel): void {
  if (simulation.threads.length < THREADS_MOST) return;
  const live = teams.reduce((count, { liveThreads }) => count + liveThreads, 0);
  if (live >= THREADS_MOST) throw new UsageError(`more than ${THREADS_MOST} threads: "${name}" is one too many`);
}
