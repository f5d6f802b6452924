// Changes to an order of threads that shrinking tries; whether they still fail is seen by running them.
//
// A stretch is a run of steps of one thread, between two switches.

import type { Order } from "#explore/lenient";

/** The thread of the stretch at `place` takes no part from there on; as far as it must, it comes last. */
export function withDropped({ threads, values }: Order, place: number): Order {
  const dropped = threads[place];
  return { threads: threads.filter((thread, at) => at < place || thread !== dropped), values };
}

/**
 * The order with one switch less around the stretch at `place`; null when that changes nothing. The way: 0, the thread before runs
 * on, with its next stretch; 1, this stretch waits for its thread's next one; 2, it is left out.
 */
export function withMoved({ threads, values }: Order, place: number, way: number): Order | null {
  const moved = way === 0 ? runOn(threads, place) : way === 1 ? later(threads, place) : without(threads, place);
  return moved === null ? null : { threads: moved, values };
}

function runOn(threads: readonly number[], place: number): number[] | null {
  const thread = threads[place - 1];
  if (thread === undefined) return null;
  const next = threads.indexOf(thread, place);
  if (next < 0) return [...threads.slice(0, place), ...threads.slice(place + 1)];
  const end = endOf(threads, next);
  return [
    ...threads.slice(0, place),
    ...threads.slice(next, end),
    ...threads.slice(place, next),
    ...threads.slice(end),
  ];
}

function later(threads: readonly number[], place: number): number[] | null {
  const end = endOf(threads, place);
  const next = threads.indexOf(threads[place] ?? 0, end);
  if (next < 0) return null;
  return [
    ...threads.slice(0, place),
    ...threads.slice(end, next),
    ...threads.slice(place, end),
    ...threads.slice(next),
  ];
}

function without(threads: readonly number[], place: number): number[] {
  return [...threads.slice(0, place), ...threads.slice(endOf(threads, place))];
}

function endOf(threads: readonly number[], place: number): number {
  let end = place;
  while (end < threads.length && threads[end] === threads[place]) end++;
  return end;
}
