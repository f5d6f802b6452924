// A livelock: when measured time calls it one, and in words: who goes round, and how.

import { ThreadState, type Thread } from "#kernel/thread";

/** In measured time: wakes in a row that change nothing, when nothing but such sleepers is left, before it is a livelock. */
export const LIVELOCK_WAKES = 2_000;

/** Steps in a row that change nothing, while no sleeper is left that may change something, before it is a livelock. */
export const LIVELOCK_STEPS = 5_000;

/** More steps than this no round of a loop is thought to have. */
const ROUND_STEPS_MOST = 100;

/**
 * One sentence without a full stop. Names only, sorted: two executions that end alike say so in the same words. Of service
 * threads it speaks only when nobody else goes round.
 */
export function livelockMessage(loops: readonly Thread[], spins: (thread: Thread) => boolean): string {
  const those = loops.some((thread) => !thread.daemon) ? loops.filter((thread) => !thread.daemon) : loops;
  const spinning = names(those.filter(spins));
  const sleeping = names(those.filter((thread) => !spins(thread)));
  const sentences = [
    ...says(spinning, "goes round and round", "go round and round"),
    ...says(sleeping, "wakes and sleeps again", "wake and sleep again"),
  ];
  return `${sentences.join(", ")}, and nothing changes`;
}

/** For threads that have changed nothing for a long time: who spins; null when one of those that are ready may still do something. */
export function spinningMessage(threads: readonly Thread[]): string | null {
  const ready = threads.filter((thread) => thread.state === ThreadState.ready);
  if (ready.some((thread) => thread.quietSteps < ROUND_STEPS_MOST)) return null;
  return livelockMessage(ready, () => true);
}

/** Whether somebody is not done for whose sake the simulation goes on. */
export function isWanted(threads: readonly Thread[]): boolean {
  return threads.some((thread) => thread.state !== ThreadState.dead && !thread.daemon);
}

function names(threads: readonly Thread[]): string[] {
  return threads.map((thread) => `"${thread.title}"`).sort();
}

function says(who: readonly string[], one: string, many: string): string[] {
  if (who.length < 2) return who.map((name) => `${name} ${one}`);
  return [`${who.slice(0, -1).join(", ")} and ${who.at(-1)} ${many}`];
}

/** Of these threads, the one that was woken least often because nobody else was left. */
export function leastResorted(threads: readonly Thread[], test: (thread: Thread) => boolean): Thread | null {
  let least: Thread | null = null;
  for (const thread of threads) {
    if (test(thread) && (least === null || thread.lastResorts < least.lastResorts)) least = thread;
  }
  return least;
}
