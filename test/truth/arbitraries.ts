// Random programs for fast-check, small enough that every interleaving of most of them can be run.
//
// A program is made from one family of operations, so that its threads meet. More threads have fewer operations each.

import fc from "fast-check";
import type { How, Op, OpName, Program } from "./program.js";

/** An operation of a family: its name, how likely it is, and whether it has a body. */
type Entry = OpName | readonly [OpName, "body"];

const PLAIN: readonly Entry[] = ["get", "set", "increment"];

/** Groups of operations. */
export const FAMILIES = {
  mutexes: [["lock", "body"], ["lock", "body"], ["trylock", "body"], "is-held", ...PLAIN, "copy", "unlock"],
  "timed and switched mutexes": [
    ["lock", "body"],
    ["timed-lock", "body"],
    ["trylock", "body"],
    ["switch-lock", "body"],
    "transfer-lock",
    "atomic-add",
    ...PLAIN,
  ],
  "mutexes that are destroyed": [
    ["lock", "body"],
    ["timed-lock", "body"],
    ["trylock", "body"],
    "destroy-mutex",
    "destroy-mutex",
    "wait",
    "notify-one",
    "increment",
    "get",
  ],
  "recursive locks": [
    ["recursive", "body"],
    ["recursive", "body"],
    ["try-recursive", "body"],
    "wait-recursive",
    "destroy-recursive",
    "notify-one",
    "get",
    "increment",
  ],
  "reader/writer locks": [["read", "body"], ["read", "body"], ["write", "body"], "destroy-rw", ...PLAIN],
  "condition variables": [
    "wait",
    "wait",
    "wait-bare",
    "wait-while",
    "set-and-notify",
    "notify-one",
    "notify-all",
    "signal",
    "get",
    "set",
    "unpublish",
  ],
  "waits with and without the lock": [
    "wait-held",
    "wait-held",
    ["lock", "body"],
    ["lock", "body"],
    "notify-one",
    "notify-all",
    "add-entry",
    "wait-entry",
    "signal",
    "set",
    "get",
  ],
  semaphores: [
    "acquire",
    "acquire",
    "release",
    "release",
    "release-all",
    "count-semaphore",
    "delete-semaphore",
    "signal",
    "get",
    "increment",
  ],
  "plain data": [
    ...PLAIN,
    "copy",
    ["if-cell", "body"],
    ["if-last", "body"],
    "assert",
    "atomic-get",
    "atomic-set",
    "get-field",
    "set-field",
  ],
  atomics: [
    "atomic-get",
    "atomic-set",
    "atomic-add",
    "test-and-set",
    ["if-last", "body"],
    ["if-cell", "body"],
    "set",
    "choose",
  ],
  "what is touched depends on what is read": [
    ["if-cell", "body"],
    ["if-cell", "body"],
    ["if-last", "body"],
    ["lock", "body"],
    "set",
    "copy",
    "get",
    "atomic-get",
    "atomic-add",
  ],
  threads: [
    ["spawn", "body"],
    ["spawn-suspended", "body"],
    "resume-child",
    "join-child",
    "join",
    "signal",
    "signal-child",
    "exit",
    "atomic-add",
    "increment",
    "acquire",
  ],
  "one suspended thread": [
    "resume-extra",
    "resume-extra",
    "join-extra",
    "signal-extra",
    "increment",
    "get",
    ["if-cell", "body"],
  ],
  "sleeping and polling": [
    "snooze",
    "snooze",
    "poll",
    "yield",
    "get",
    "set",
    "increment",
    ["timed-lock", "body"],
    "acquire",
  ],
  "chosen values": ["choose", "choose", ["if-last", "body"], ["lock", "body"], "get", "set", "atomic-add", "assert"],
  "freed memory": [
    ["cookie-lock", "body"],
    "cookie-get",
    "cookie-set",
    "cookie-wait",
    "cookie-notify",
    "cookie-free",
    "cookie-destroy",
    "node-new",
    "node-get",
    "node-free",
    "increment",
  ],
  "spinlocks and interrupts": [
    ["spin", "body"],
    ["spin", "body"],
    ["try-spin", "body"],
    ["interrupts-off", "body"],
    ...PLAIN,
    "atomic-add",
  ],
  everything: [
    ["lock", "body"],
    ["trylock", "body"],
    ["read", "body"],
    ["write", "body"],
    ["recursive", "body"],
    ["spawn", "body"],
    ["if-cell", "body"],
    "wait",
    "notify-one",
    "notify-all",
    "acquire",
    "release",
    "join",
    "atomic-add",
    "atomic-get",
    "snooze",
    "choose",
    ...PLAIN,
  ],
} as const satisfies Record<string, readonly Entry[]>;

export type Family = keyof typeof FAMILIES;
export const FAMILY_NAMES = Object.keys(FAMILIES) as Family[];

const HOWS: readonly How[] = ["plain", "timed", "zero", "interruptible"];

/** Which fields an operation has: without the rest, programs shrink faster and print shorter. */
const WITH_HOW = /wait|acquire|timed-lock/;
const WITHOUT_OPERANDS = /recursive|read|write|-rw|extra|child|spawn|exit|yield|time$|spin|interrupts|free$/;

/** The operations of a family. */
export function namesOf(family: Family): OpName[] {
  return FAMILIES[family].map(nameOf);
}

/** Programs of one family, but for some operations: two to four threads. */
export function programs(family: Family, leftOut: readonly OpName[] = []): fc.Arbitrary<Program> {
  const entries = FAMILIES[family].filter((entry) => !leftOut.includes(nameOf(entry)));
  const threads = [
    { count: 2, most: 4, weight: 5 },
    { count: 3, most: 2, weight: 4 },
    { count: 4, most: 1, weight: 1 },
  ].map(({ count, most, weight }) => {
    const ops = opsOf(entries, 1, most, most > 1 ? 2 : 1);
    return { weight, arbitrary: fc.array(ops, { minLength: count, maxLength: count }) };
  });
  return fc.record({
    units: /semaphores/.test(family) ? fc.nat(2) : fc.constant(0),
    threads: fc.oneof({ withCrossShrink: true }, ...threads),
  });
}

function opsOf(entries: readonly Entry[], least: number, most: number, depth: number): fc.Arbitrary<Op[]> {
  const ops = entries
    .filter((entry) => depth > 0 || typeof entry === "string")
    .map((entry) => (typeof entry === "string" ? opOf(entry) : withBody(entry[0], opsOf(entries, 0, 2, depth - 1))));
  return fc.array(fc.oneof(...ops), { minLength: least, maxLength: most });
}

function withBody(name: OpName, body: fc.Arbitrary<Op[]>): fc.Arbitrary<Op> {
  return fc.tuple(opOf(name), body).map(([op, ops]) => ({ ...op, body: ops }));
}

function opOf(name: OpName): fc.Arbitrary<Op> {
  if (WITHOUT_OPERANDS.test(name) && !WITH_HOW.test(name)) return fc.constant({ name });
  return fc.record({
    name: fc.constant(name),
    on: fc.nat(1),
    value: fc.nat(1),
    ...(WITH_HOW.test(name) ? { how: fc.constantFrom(...HOWS) } : {}),
  });
}

function nameOf(entry: Entry): OpName {
  return typeof entry === "string" ? entry : entry[0];
}
