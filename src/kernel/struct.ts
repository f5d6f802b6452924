// Declaring the structs that live on the simulated heap.
//
// Invariants:
//   - a field's access is an access to shared memory: it is recorded in the step's footprint;
//   - instances are plain objects with accessors, never proxies; delete overwrites them in place.

import type { Block } from "#kernel/block";
import type { Kernel } from "#kernel/kernel";

/** How a struct holds a value of type T. */
export interface Field<T> {
  readonly kind: "number" | "reference" | "embedded";
  /** What a zero-filled struct reads, before any initialiser. */
  readonly zero: T;
  /** Bytes. */
  readonly size: number;
  /** Whether a filled word reads as a number with a sign. */
  readonly signed?: boolean;
  /** Whether it is declared to be read and written in one piece and in order, so that no lock need protect it. */
  readonly isAtomic?: boolean;
  /** Makes an embedded object inside `block`. */
  readonly create?: (kernel: Kernel, block: Block, name: string) => T;
  /** Constructs an embedded object again, over memory that reads zero: its block serves another allocation. */
  construct?(value: T): void;
}

/** An object that lies inside a struct and shares its fate. */
export interface Embedded {
  /** Its words are overwritten with `word`, as the heap fills memory. */
  fill(word: number): void;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** A live struct: its fields, and the block of memory behind them. */
export type Struct<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never } & {
  readonly $block: Block;
};

/** A declared struct. `heap.new(type)` makes one. */
export interface StructType<F extends Fields = Fields> {
  readonly name: string;
  readonly fields: F;
  readonly fieldNames: readonly string[];
  /** In the order of their names. */
  readonly fieldList: readonly Field<unknown>[];
  /** Bytes. */
  readonly size: number;
  /** Makes an instance over `block`; for the heap only. */
  readonly over: (block: Block) => Struct<F>;
}

/** The instance type of a declared struct: `type Cookie = InstanceOf<typeof Cookie>`. */
export type InstanceOf<T> = T extends StructType<infer F> ? Struct<F> : never;

/** A 32-bit unsigned number; freed, it reads 0xdeadbeef. */
export function uint32(): Field<number> {
  return { kind: "number", zero: 0, size: 4 };
}

/** A 32-bit signed number; freed, it reads 0xdeadbeef as a negative number. */
export function int32(): Field<number> {
  return { kind: "number", zero: 0, size: 4, signed: true };
}

/** A flag. Freed memory is not zero, so a freed flag reads true. */
export function bool(): Field<boolean> {
  return { kind: "number", zero: false, size: 4 };
}

/** A pointer, to anything; a freed one panics when it is touched. Zero is null. */
export function reference<T>(): Field<T | null> {
  return { kind: "reference", zero: null, size: 8 };
}

/** A reference that is set as soon as the struct is made: it reads as never null. */
export function pointer<T extends object>(): Field<T> {
  return { kind: "reference", zero: null as unknown as T, size: 8 };
}

/** A string kept inside the struct. */
export function text(): Field<string> {
  return { kind: "number", zero: "", size: 32 };
}

/**
 * A plain field that is meant to be read and written without a lock, as by atomic_get and atomic_set: an access to it
 * that nothing orders is no data race, and who reads it sees what was done before it was written. No points of its own.
 */
export function atomically<T>(field: Field<T>): Field<T> {
  return { ...field, isAtomic: true };
}

/** Declares a struct: `const Cookie = struct("Cookie", { flags: uint32(), lock: mutex("read lock") })`. */
export function struct<F extends Fields>(name: string, fields: F): StructType<F> {
  const fieldNames = Object.keys(fields);
  const prototype = {};
  const fieldList = Object.values(fields);
  fieldList.forEach(({ kind }, place) => {
    const described = kind === "embedded" ? embeddedAt(place) : accessor(place);
    Object.defineProperty(prototype, fieldNames[place] ?? "", described);
  });
  const size = fieldNames.reduce((bytes, fieldName) => bytes + (fields[fieldName]?.size ?? 0), 0);
  const over = (block: Block): Struct<F> => Object.create(prototype, { $block: { value: block } }) as Struct<F>;
  return { name, fields, fieldNames, fieldList, size, over };
}

interface Instance {
  readonly $block: Block;
}

// An embedded object's address is no access to memory; its own operations are.
function embeddedAt(place: number): PropertyDescriptor {
  return {
    ...accessor(place),
    get(this: Instance): unknown {
      return this.$block.embedded(place);
    },
  };
}

function accessor(place: number): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: Instance): unknown {
      return this.$block.get(place);
    },
    set(this: Instance, value: unknown): void {
      this.$block.set(place, value);
    },
  };
}
