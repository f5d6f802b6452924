// Repetition folded: the same few things again and again are said once, with how often.

/** A stretch of items, and how many times it comes in a row. */
export interface Fold<T> {
  readonly items: readonly T[];
  readonly times: number;
}

/** The longest repeated pattern that is looked for. */
const PERIOD_MOST = 12;
/** Fewer repetitions than this are left as they are. */
const TIMES_LEAST = 3;

/** Folds `items` into stretches; two items are the same when their keys are. */
export function fold<T>(items: readonly T[], keyOf: (item: T) => string): Fold<T>[] {
  const keys = items.map(keyOf);
  const folds: Fold<T>[] = [];
  let plain: T[] = [];
  for (let place = 0; place < items.length;) {
    const found = repetitionAt(keys, place);
    if (found === null) {
      plain.push(items[place] as T);
      place++;
      continue;
    }
    if (plain.length > 0) folds.push({ items: plain, times: 1 });
    plain = [];
    folds.push({ items: items.slice(place, place + found.period), times: found.times });
    place += found.period * found.times;
  }
  if (plain.length > 0) folds.push({ items: plain, times: 1 });
  return folds;
}

// The repetition that begins at `place` and covers most, shortest pattern first.
function repetitionAt(keys: readonly string[], place: number): { period: number; times: number } | null {
  let best: { period: number; times: number } | null = null;
  for (let period = 1; period <= PERIOD_MOST && place + period * TIMES_LEAST <= keys.length; period++) {
    let length = period;
    while (place + length < keys.length && keys[place + length] === keys[place + length - period]) length++;
    const times = Math.floor(length / period);
    if (times >= TIMES_LEAST && (best === null || times * period > best.times * best.period)) best = { period, times };
  }
  return best;
}
