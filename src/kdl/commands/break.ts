// `break`: sets a breakpoint.

import { InputError } from "#base/assert";
import {
  BREAKPOINT_KINDS,
  checkVerb,
  describeBreakpoint,
  type Breakpoint,
  type BreakpointKind,
} from "#kdl/breakpoints";
import type { KdlCommand } from "#kdl/command";
import type { Debugger } from "#kdl/debugger";
import { findObject } from "#kdl/find";
import { addressOf } from "#kdl/find";
import { innerObjects, type Moment } from "#kdl/moment";
import { formatAddress } from "#kernel/kernel-object";
import type { Block } from "#kernel/block";

export const setBreak: KdlCommand = {
  names: ["break"],
  usage: "<operation|object|hook|function> <name>",
  about: "set a breakpoint: continue and reverse-continue stop there",
  completes: "breakpoint",
  most: 4,
  details: `break operation lock           before every step with this operation ("lock", "notify", "wait", "acquire" ...)
break object "read lock"       before every operation on an object, and after every change or read of a block's field:
break object tap_cookie.lock     an address, an object's name, a struct's name, or a field's
break hook close               after a step in which this hook was entered; break hook "close hook of /dev/tap/tap0"
break function tun_close       before the first operation inside a function`,
  perform(kdl, [word, ...rest]) {
    const kind = BREAKPOINT_KINDS.find((each) => each === word);
    const target = rest.join(" ");
    if (kind === undefined || target === "") {
      throw new InputError(`break takes what and which: ${BREAKPOINT_KINDS.join(", ")}, and a name: break hook close`);
    }
    const breakpoint = make(kdl, kind, target);
    kdl.breakpoints.push(breakpoint);
    return `breakpoint ${describeBreakpoint(kdl.timeline, breakpoint)}`;
  },
};

function make(kdl: Debugger, kind: BreakpointKind, word: string): Breakpoint {
  const number = (kdl.breakpoints.at(-1)?.number ?? 0) + 1;
  switch (kind) {
    case "operation":
      return { number, kind, target: checkVerb(word), objects: new Set() };
    case "object":
      return { number, kind, ...objectsOf(kdl, word) };
    case "hook":
    case "function":
      return { number, kind, target: word, objects: new Set() };
  }
}

/** What is meant by an object's, a block's or a field's name, as the trace knows it. @throws InputError for none of these */
export function objectsOf({ moment, timeline }: Debugger, word: string): { target: string; objects: Set<number> } {
  // Whatever the execution has at all, it has at its end.
  const last = timeline.at(timeline.last);
  const field = last.blocks.flatMap((block) => {
    const place = block.type.fieldNames.findIndex((name) => `${block.type.name}.${name}` === word);
    if (place < 0) return [];
    const value = block.type.fields[block.type.fieldNames[place] ?? ""]?.kind === "embedded" ? block.get(place) : null;
    return [block.number + place, ...(hasNumber(value) ? [value.number] : [])];
  });
  if (field.length > 0) return { target: word, objects: new Set(field) };
  const blocks = blocksOf(moment, word) ?? blocksOf(last, word);
  if (blocks !== null) return { target: word, objects: new Set(blocks.flatMap(numbersOf)) };
  const object = findObject(last, word);
  return {
    target: `${object.type} "${object.title}" ${formatAddress(object.address)}`,
    objects: new Set([object.number]),
  };
}

function blocksOf({ blocks }: Moment, word: string): readonly Block[] | null {
  const address = addressOf(word);
  const found = blocks.filter((block) => block.type.name === word || block.address === address);
  return found.length === 0 ? null : found;
}

function numbersOf(block: Block): number[] {
  return [
    ...block.type.fieldNames.map((_, place) => block.number + place),
    ...innerObjects(block).map(({ number }) => number),
  ];
}

function hasNumber(value: unknown): value is { readonly number: number } {
  return typeof value === "object" && value !== null && "number" in value && typeof value.number === "number";
}
