// What a new node has from the node above it: who sleeps there, and what is to be explored.

import { conflicts } from "#kernel/footprint";
import type { KnownSleeper, ThreadNode } from "#explore/dpor/node";
import type { Place, SeenFootprints } from "#explore/dpor/seen";
import { isWeakInitial, withoutThread, type WakeupSequence } from "#explore/dpor/sequence";

/**
 * The sleepers that the parent's step does not wake. Where others explore what begins with one of the parent's, what that asks for is not
 * told below (src/explore/dpor/share.ts): then only what begins with a sleeper's step is left to it there.
 */
export function sleepersBelow(parent: ThreadNode): KnownSleeper[] {
  if (parent.sleep.length === 0) return [];
  const sleepers = parent.sleep.filter((sleeper) => !conflicts(sleeper.footprint, parent.footprint));
  if (sleepers.length === 0 || parent.sleep.every((sleeper) => sleeper.isWhole)) return sleepers;
  return sleepers.map((sleeper) => ({ ...sleeper, isWhole: false }));
}

/**
 * What is left, after the parent's step, of what the parent follows and of what waits there.
 * @param place the parent's
 */
export function passedOn(parent: ThreadNode, seen: SeenFootprints, place: Place): WakeupSequence[] {
  const { thread, footprint, current, wakeups } = parent;
  const followed = current === null ? null : withoutThread(current, thread, seen);
  const passed = followed === null ? [] : [followed];
  if (wakeups.length === 0) return passed;
  const step = { thread, footprint, isWhole: false };
  parent.wakeups = wakeups.filter((sequence) => {
    const answer = isWeakInitial(step, sequence, seen, place);
    if (answer === "no") return true;
    const rest = withoutThread(sequence, thread, seen);
    if (rest !== null) passed.push(rest);
    return answer === "unknown" || parent.values.length > 0; // each value's subtree needs it
  });
  return passed;
}
