// What a step is expected to give: a status by its name, a number, or more than one thing at once.

import * as statuses from "#base/status";
import { statusName } from "#base/status";
import { data } from "#script/data";
import { list, optional, record, type RecordOf } from "#script/collections";
import { changed, either, named, text, whole, word, type NamedShape, type Shape } from "#script/shape";
import { used } from "#script/values";

/** What a step gave. */
export interface Given {
  /** A status, a descriptor, a number of bytes, an exit code. */
  readonly value: number;
  /** What was read. */
  readonly bytes?: Uint8Array;
  /** The names in a directory. */
  readonly names?: readonly string[];
  /** The descriptors that are ready, by their names. */
  readonly ready?: readonly string[];
}

/** Null when it is as expected; else what it is, and what it should be: "B_OK, not B_BUSY". */
export type Expectation = (given: Given) => string | null;

/** Statuses by name; of two names for one status both are understood. */
const STATUSES: ReadonlyMap<string, number> = new Map(
  Object.entries(statuses).flatMap(([name, value]) => (typeof value === "number" ? [[name, value] as const] : [])),
);

/** No error, whatever else; and any error. */
const CLASSES = ["success", "error"] as const;

const VALUE_WORDS: readonly string[] = [...CLASSES, ...STATUSES.keys()];

const VALUE_WANTED = "a status (B_OK, B_BUSY ...), success, error, or a number";

const value: Shape<Expectation> = either<Expectation>(
  VALUE_WANTED,
  changed(whole(-0x8000_0000, 0x7fff_ffff), (wanted) => expectValue(wanted)),
  changed(word(VALUE_WORDS, VALUE_WANTED), (wanted) =>
    wanted === "success" || wanted === "error" ? expectClass(wanted) : expectValue(STATUSES.get(wanted) ?? 0),
  ),
);

const valueOrList: Shape<Expectation> = either<Expectation>(
  `${value.wanted}, or a list of these`,
  value,
  changed(list(value, "a list of statuses and numbers", 20, 1), anyOf),
);

const FIELDS = {
  status: optional(
    valueOrList,
    "What the call gives: a status, success, error, a number; or a list of what it may be.",
  ),
  count: optional(whole(0, 65_535), "How many bytes, or how many are ready."),
  bytes: optional(data, "What was read, byte by byte."),
  names: optional(list(text("a name"), "a list of names", 1_000), "The names in a directory, in alphabetical order."),
  ready: optional(list(used("number", "a descriptor"), "a list of descriptors", 100), "Which descriptors are ready."),
};

/** A status, a number, a list of what it may be, or a map. */
export const expectation: NamedShape<Expectation> = named(
  "expectation",
  "a status (B_OK, B_BUSY ...), success, error, a number, a list of these, or { status, count, bytes, names, ready }",
  () =>
    either<Expectation>(
      "a status (B_OK, B_BUSY ...), success, error, a number, a list of these, or { status, count, bytes, names, ready }",
      valueOrList,
      changed(record(FIELDS, "{ status, count, bytes, names, ready }"), all),
    ),
);

/** What a call gives that is expected to work. */
export const SUCCESS: Expectation = expectClass("success");

function expectValue(wanted: number): Expectation {
  return ({ value: is }) => (is === wanted ? null : `${shown(is)}, not ${shown(wanted)}`);
}

function expectClass(wanted: "success" | "error"): Expectation {
  return ({ value: is }) => (is < 0 === (wanted === "error") ? null : `${shown(is)}, not ${wanted}`);
}

function anyOf(some: readonly Expectation[]): Expectation {
  return (given) => {
    const wrong = some.map((each) => each(given));
    if (wrong.includes(null)) return null;
    return `${shown(given.value)}, not one of ${wrong.map((each) => each?.split(", not ")[1]).join(", ")}`;
  };
}

function all({ status, count, bytes, names, ready }: RecordOf<typeof FIELDS>): Expectation {
  return (given) => {
    const wrong = status?.(given) ?? null;
    if (wrong !== null) return wrong;
    if (count !== undefined && given.value !== count) return `${shown(given.value)}, not ${count}`;
    if (bytes !== undefined) return differentBytes(given, bytes);
    if (names !== undefined) return differentNames(given.value, given.names, names);
    return ready === undefined ? null : differentNames(given.value, given.ready, ready);
  };
}

function differentBytes({ value: count, bytes = new Uint8Array() }: Given, wanted: Uint8Array): string | null {
  if (count !== wanted.length) return `${shown(count)}, not ${wanted.length} bytes`;
  const at = wanted.findIndex((byte, place) => bytes[place] !== byte);
  return at < 0 ? null : `${hex(bytes[at])} as byte ${at}, not ${hex(wanted[at])}`;
}

// A call that failed gave no names, which is not an empty list of them.
function differentNames(value: number, given: readonly string[] | undefined, wanted: readonly string[]): string | null {
  if (value < 0) return `${shown(value)}, not [${wanted.join(", ")}]`;
  const are = given ?? [];
  if (are.length === wanted.length && wanted.every((each) => are.includes(each))) return null;
  return `[${are.join(", ")}], not [${wanted.join(", ")}]`;
}

function hex(byte: number | undefined): string {
  return byte === undefined ? "nothing" : `0x${byte.toString(16).padStart(2, "0")}`;
}

// 0 is no error, no bytes, the first descriptor.
function shown(value: number): string {
  return value === 0 ? "B_OK (0)" : statusName(value);
}
