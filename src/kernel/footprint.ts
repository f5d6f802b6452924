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
  #codes: number[] = [];
  #taken = false;

  clear(): void {
    if (this.#taken) {
      this.#codes = [];
      this.#taken = false;
    } else if (this.#codes.length !== 0) this.#codes.length = 0;
  }

  read(object: number): void {
    const code = object * 2;
    if (!this.#codes.includes(code)) this.#codes.push(code);
  }

  write(object: number): void {
    const code = object * 2 + 1;
    if (!this.#codes.includes(code)) this.#codes.push(code);
  }

  /** The codes so far. The array is handed over: the next step gets a new one. */
  take(): Codes {
    this.#taken = true;
    return this.#codes;
  }
}

/** The footprint of a step that ended the execution: it disables the others, so it commutes with none that touches anything. */
export const EVERYTHING: Codes = [-1];

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
