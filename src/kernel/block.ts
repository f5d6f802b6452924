// A block of the simulated heap: one struct's memory, alive or freed.
//
// Invariants:
//   - a freed block keeps what was written over it; touching it is recorded, and in guarded mode a panic;
//   - field n of a block is object `number + n` in footprints.

import { pointBefore, unlocksFirst } from "#kernel/access-point";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { poisonReference } from "#kernel/poison";
import type { Embedded, StructType } from "#kernel/struct";
import { describeValue } from "#trace/recorder";

/** Who allocated or freed a block. */
export interface HeapRecord {
  readonly thread: string;
  readonly threadId: number;
  /** The simulation's step. */
  readonly step: number;
}

/** Fills: fresh memory, and freed memory (facts: haiku.md, section 6). */
export const FRESH = 0xcccc_cccc;
export const FREED = 0xdead_beef;

export class Block {
  readonly kernel: Kernel;
  readonly type: StructType;
  /** The low 32 bits of the address. */
  readonly address: number;
  readonly number: number;
  allocated: HeapRecord;
  freed: HeapRecord | null = null;
  /** A release kernel's memory of malloc: the numbers of embedded objects that nobody has initialised yet. */
  raw: Set<number> | null = null;
  readonly #values: unknown[];
  readonly #isPlain: boolean;

  constructor(kernel: Kernel, type: StructType, address: number, number: number, allocated: HeapRecord) {
    this.kernel = kernel;
    this.type = type;
    this.address = address;
    this.number = number;
    this.allocated = allocated;
    this.#isPlain = kernel.simulation.isPlain;
    this.#values = type.fieldNames.map((name) => {
      const field = type.fields[name];
      return field?.create === undefined ? field?.zero : field.create(kernel, this, `${type.name}.${name}`);
    });
  }

  embedded(place: number): unknown {
    return this.#values[place];
  }

  get(place: number): unknown {
    return this.#isPlain && this.freed === null ? this.#values[place] : this.#getNoted(place);
  }

  #getNoted(place: number): unknown {
    const { simulation } = this.kernel;
    unlocksFirst(simulation.current);
    if (simulation.hasMarks) this.#point(place, "read");
    if (this.freed !== null) this.touched(`read of ${this.fieldName(place)}`);
    simulation.footprint.read(this.number + place);
    simulation.recorder?.read(this.#facts(place), this.number);
    return this.#values[place];
  }

  set(place: number, value: unknown): void {
    if (!this.#isPlain || this.freed !== null) return this.#setNoted(place, value);
    const { simulation } = this.kernel;
    if (simulation.closed || this.#values[place] === value) return;
    simulation.changed = true;
    this.#values[place] = value;
  }

  #setNoted(place: number, value: unknown): void {
    const simulation = this.kernel.simulation;
    if (!simulation.closed) unlocksFirst(simulation.current);
    if (simulation.hasMarks) this.#point(place, "write");
    if (this.freed !== null) this.touched(`write of ${this.fieldName(place)}`);
    if (simulation.closed) return;
    simulation.footprint.write(this.number + place);
    if (this.#values[place] !== value) simulation.changed = true;
    simulation.recorder?.access(this.#facts(place), value, this.number);
    this.#values[place] = value;
  }

  /** Reads zero everywhere, as `new T()` leaves a plain struct. */
  clear(): void {
    this.type.fieldNames.forEach((_, place) => {
      const field = this.#fieldAt(place);
      if (field === undefined) return;
      if (field.kind === "embedded") {
        (this.#values[place] as Embedded).fill(0);
        field.construct?.(this.#values[place]);
      } else this.#values[place] = field.zero;
    });
  }

  /** Overwrites the whole block with `word`. */
  fill(word: number): void {
    this.type.fieldNames.forEach((_, place) => {
      const field = this.#fieldAt(place);
      if (field === undefined) return;
      if (field.kind === "embedded") (this.#values[place] as Embedded).fill(word);
      else this.#values[place] = this.#filled(place, word);
    });
    this.kernel.simulation.changed = true;
  }

  /** Records in the footprint that the whole block is written: allocating and freeing conflict with every use. */
  claim(): void {
    const { footprint } = this.kernel.simulation;
    for (let place = 0; place < this.type.fieldNames.length; place++) {
      footprint.write(this.number + place);
      const value = this.#values[place];
      if (value instanceof KernelObject) footprint.write(value.number);
    }
  }

  /** Somebody touches this freed block. */
  touched(what: string): void {
    this.kernel.heap.touchedFreed(this, what);
  }

  fieldName(place: number): string {
    return `${this.type.name}.${this.type.fieldNames[place] ?? place}`;
  }

  // Marked, the field has a point before each access.
  #point(place: number, how: "read" | "write"): void {
    const number = this.number + place;
    const { simulation } = this.kernel;
    if (!simulation.options.marks.has(number)) return;
    pointBefore(this.kernel, { type: "field", name: this.fieldName(place), number }, how);
  }

  // A field as a trace knows it.
  #facts(place: number): {
    readonly name: string;
    readonly type: string;
    readonly number: number;
    stateWords(): string;
  } {
    const type = this.#fieldAt(place)?.isAtomic === true ? "atomic field" : "field";
    const stateWords = (): string => describeValue(this.#values[place]);
    return { name: this.fieldName(place), type, number: this.number + place, stateWords };
  }

  #fieldAt(place: number): StructType["fields"][string] | undefined {
    return this.type.fieldList[place];
  }

  #filled(place: number, word: number): unknown {
    const field = this.#fieldAt(place);
    if (field?.kind === "reference") return poisonReference(this.kernel, word);
    if (typeof field?.zero === "boolean") return true;
    if (typeof field?.zero === "string")
      return word === FREED ? "\u00ef\u00be\u00ad\u00de" : "\u00cc\u00cc\u00cc\u00cc";
    return field?.signed === true ? word | 0 : word;
  }
}
