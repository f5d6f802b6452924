// The footprint of a step: all that its operation and its plain accesses touched, as (object, read or write).
//
// Invariants:
//   - a code is object * 2 + (1 for a write); an object's number depends on who made it and as his how
//     manieth, never on the order of independent steps, so codes mean the same in equivalent executions;
//   - two steps of different threads conflict when they share an object that one of them writes.
// Independence, sleep sets and races are judged on footprints, never on operations alone: a driver with an
// unlocked queue would lose interleavings otherwise (facts: explorer.md, C; feasibility.md, experiment 2).

/** A step's footprint as kept by a strategy: codes, each object * 2 + write. */
export type Codes = readonly number[];

/** The footprint of the step that is running; emptied at each point. */
export class Footprint {
  /** In measured time nobody asks for footprints, and none is kept. */
  isKept = true;
  /** Whether something was read, or nothing was touched at all. */
  testsSomething = true;
  readonly #codes: number[] = [0, 0, 0, 0];
  #length = 0;

  clear(): void {
    this.testsSomething = true;
    this.#length = 0;
  }

  read(object: number): void {
    if (!this.isKept) return;
    this.testsSomething = true;
    this.#add(object * 2);
  }

  write(object: number): void {
    if (!this.isKept) return;
    if (this.#length === 0) this.testsSomething = false;
    this.#add(object * 2 + 1);
  }

  /** The codes so far, as a value of its own. */
  take(): Codes {
    const codes = this.#codes;
    // Most steps touch one thing or two: the engine makes such lists in place.
    if (this.#length === 1) return [codes[0] ?? 0];
    if (this.#length === 2) return [codes[0] ?? 0, codes[1] ?? 0];
    return codes.slice(0, this.#length);
  }

  #add(code: number): void {
    const codes = this.#codes;
    const length = this.#length;
    for (let i = 0; i < length; i++) if (codes[i] === code) return;
    codes[length] = code;
    this.#length = length + 1;
  }
}

/** The footprint of a step that ended the execution: it disables the others, so it commutes with none that touches anything. */
export const EVERYTHING: Codes = [-1];

/** Codes that come out of JSON, with the identity of EVERYTHING given back. */
export function reviveCodes(codes: Codes): Codes {
  return codes.length === 1 && codes[0] === EVERYTHING[0] ? EVERYTHING : codes;
}

/** Whether two steps of different threads do not commute. */
export function conflicts(a: Codes, b: Codes): boolean {
  if (a === EVERYTHING || b === EVERYTHING) return a.length > 0 && b.length > 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    for (let j = 0; j < b.length; j++) {
      const y = b[j] ?? 0;
      if (x === y ? (x & 1) === 1 : (x ^ y) === 1) return true;
    }
  }
  return false;
}

/** All that either touches. */
export function union(a: Codes, b: Codes): Codes {
  if (a.length === 0) return b;
  const more = b.filter((code) => !a.includes(code));
  return more.length === 0 ? a : [...a, ...more];
}

/** The number of the object that a code is about. */
export function objectOf(code: number): number {
  // Dividing takes the engine many times as long as shifting, which holds for what 32 bits hold.
  return (code | 0) === code ? code >> 1 : (code - (code & 1)) / 2;
}
