// Numbers counted by their size: exact below 32, and above that within one part in sixteen.
//
// A few hundred counters, whatever the numbers: an hour of latencies is as small as a second of them.

/** Values of each power of two are told apart in so many classes. */
const CLASSES = 16;

export class Histogram {
  readonly #counts: number[] = [];
  /** The greatest value of each class: values have fractions, classes have not. */
  readonly #greatest: number[] = [];
  #count = 0;
  #sum = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  /** Counts a value, 0 or more. */
  add(value: number): void {
    const place = classOf(value);
    while (this.#counts.length <= place) {
      this.#counts.push(0);
      this.#greatest.push(0);
    }
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
    if (value > (this.#greatest[place] ?? 0)) this.#greatest[place] = value;
    this.#count++;
    this.#sum += value;
    if (value < this.#least) this.#least = value;
    if (value > this.#most) this.#most = value;
  }

  /** These values and those of another one, as a new one. */
  with(other: Histogram): Histogram {
    const both = new Histogram();
    for (const each of [this as Histogram, other]) {
      each.#counts.forEach((count, place) => {
        both.#counts[place] = (both.#counts[place] ?? 0) + count;
        both.#greatest[place] = Math.max(both.#greatest[place] ?? 0, each.#greatest[place] ?? 0);
      });
      both.#count += each.#count;
      both.#sum += each.#sum;
      both.#least = Math.min(both.#least, each.#least);
      both.#most = Math.max(both.#most, each.#most);
    }
    return both;
  }

  get count(): number {
    return this.#count;
  }

  /** 0 when nothing was counted, as are all below. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get least(): number {
    return this.#count === 0 ? 0 : this.#least;
  }

  get most(): number {
    return this.#most;
  }

  /** A counted value that this part of all values (0 .. 1) does not exceed: the smallest such one, within the width of its class. */
  percentile(part: number): number {
    let left = Math.ceil(this.#count * part);
    for (let place = 0; place < this.#counts.length; place++) {
      left -= this.#counts[place] ?? 0;
      if (left <= 0) return this.#greatest[place] ?? 0;
    }
    return this.#most;
  }

  /** The classes that have values: from, to (inclusive, without fractions), and how many. */
  get classes(): readonly { readonly from: number; readonly to: number; readonly count: number }[] {
    return this.#counts.flatMap((count, place) =>
      count === 0 ? [] : [{ from: place === 0 ? 0 : lastOf(place - 1) + 1, to: lastOf(place), count }],
    );
  }
}

function classOf(value: number): number {
  const whole = Math.floor(value);
  if (whole < 2 * CLASSES) return whole;
  const power = 31 - Math.clz32(Math.min(whole, 0x7fff_ffff));
  return (power - 3) * CLASSES + (Math.floor(whole / 2 ** (power - 4)) - CLASSES);
}

function lastOf(place: number): number {
  if (place < 2 * CLASSES) return place;
  const power = Math.floor(place / CLASSES) + 3;
  return (CLASSES + (place % CLASSES) + 1) * 2 ** (power - 4) - 1;
}
