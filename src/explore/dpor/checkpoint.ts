// A walk as plain JSON, and back: so that a search can be put aside.
//
// Invariant: what comes out of JSON is copied, because nodes are changed while they are walked; the footprint that stands for
// a failure gets its identity back; and what can give without end (a semaphore that is deleted), which JSON does not know, is that again.

import { reviveCodes } from "#kernel/footprint";
import type { ThreadNode } from "#explore/dpor/node";
import type { Seen } from "#explore/dpor/seen";
import type { WakeupSequence } from "#explore/dpor/sequence";
import type { SavedWalk } from "#explore/dpor/share";
import { reviveSubtree } from "#explore/strategy";

/** A copy that later steps of the walk do not change. */
export function saveWalk(walk: SavedWalk): SavedWalk {
  return structuredClone(walk);
}

/** A walk that comes out of JSON, or out of `saveWalk`. */
export function restoreWalk(walk: SavedWalk): SavedWalk {
  return {
    ...walk,
    root: reviveSubtree(walk.root),
    stack: structuredClone(walk.stack).map((node) => (node.kind === "value" ? node : revivedNode(node))),
  };
}

/** What was seen, out of JSON. */
export function revivedSeen(seen: readonly (readonly [number, readonly Seen[]])[]): [number, Seen[]][] {
  return seen.map(([key, ways]) => [key, ways.map(revivedWay)]);
}

function revivedWay({ footprint, touched, contexts }: Seen): Seen {
  return { footprint: reviveCodes(footprint), touched, contexts: [...contexts] };
}

function revivedNode(node: ThreadNode): ThreadNode {
  return {
    ...node,
    footprint: reviveCodes(node.footprint),
    footprints: reviveCodes(node.footprints),
    taken: node.taken.map((each: number | null) => each ?? Number.POSITIVE_INFINITY),
    sleep: node.sleep.map((sleeper) => ({ ...sleeper, footprint: reviveCodes(sleeper.footprint) })),
    current: node.current === null ? null : revivedSequence(node.current),
    wakeups: node.wakeups.map(revivedSequence),
  };
}

function revivedSequence(sequence: WakeupSequence): WakeupSequence {
  return sequence.map((event) => ({
    ...event,
    footprint: event.footprint === null ? null : reviveCodes(event.footprint),
  }));
}
