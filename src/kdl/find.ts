// What somebody means by a word: a thread by id or name, an object by address or name, a number.
//
// Names are as good as addresses everywhere; part of a name will do when it fits only one.

import { withArticle } from "#base/article";
import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Block } from "#kernel/block";
import { formatAddress, type KernelObject } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";
import type { Moment } from "#kdl/moment";

/** The low 32 bits of what is written as an address; null when it is none. */
export function addressOf(word: string): number | null {
  const digits = /^(?:0x)?(?:ffffffff)?([0-9a-f]{8})$/i.exec(word)?.[1] ?? /^0x([0-9a-f]{1,8})$/i.exec(word)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

/** @throws InputError when there is no such thread, or several */
export function findThread(moment: Moment, word: string): Thread {
  const { threads } = moment;
  // As a list has it, or as reports tell threads of one name apart: 201, "reader #201".
  const isMeant = ({ id, title }: Thread): boolean => word === String(id) || word === `${title} #${id}`;
  const byId = threads.find(isMeant);
  const address = addressOf(word);
  const found = byId ?? (address === null ? undefined : threads.find((thread) => thread.address === address));
  if (found !== undefined) return found;
  return byName(threads, word, (thread) => [thread.title, thread.name], {
    what: "thread",
    list: "threads",
    describe: (thread) => `${thread.id} "${thread.title}"`,
  });
}

/** What kinds of object a command is about. */
export interface Wanted {
  /** "mutex" */
  readonly what: string;
  readonly types: readonly string[];
}

/** An object of a kind. @throws InputError when there is no such object, or several */
export function findObject(moment: Moment, word: string, wanted: Wanted | null = null): KernelObject {
  const all = moment.objects;
  const fitting = wanted === null ? all.filter(isShown) : all.filter(({ type }) => wanted.types.includes(type));
  const address = addressOf(word);
  if (address !== null) {
    const found = fitting.find((object) => object.address === address);
    if (found !== undefined) return found;
    const other = all.find((object) => object.address === address);
    if (other !== undefined && wanted !== null) {
      throw new InputError(
        `${formatAddress(address)} is ${withArticle(other.type)} "${other.title}", not ${withArticle(wanted.what)}`,
      );
    }
    throw new InputError(
      `there is no ${wanted?.what ?? "object"} at ${formatAddress(address)}; "objects" lists what is known by now`,
    );
  }
  checkKind(all, fitting, word, wanted);
  return byName(fitting, word, (object) => [object.title, object.name], {
    what: wanted?.what ?? "object",
    list: "objects",
    describe: (object) => `${formatAddress(object.address)} ${object.type} "${object.title}"`,
  });
}

// A name that only objects of another kind have is no slip of the pen.
function checkKind(
  all: readonly KernelObject[],
  fitting: readonly KernelObject[],
  word: string,
  wanted: Wanted | null,
): void {
  const named = (objects: readonly KernelObject[]): KernelObject | undefined =>
    objects.find(({ title, name }) => [title, name].some((each) => each.toLowerCase() === word.toLowerCase()));
  const other = wanted === null || named(fitting) !== undefined ? undefined : named(all);
  if (other !== undefined)
    throw new InputError(`"${word}" is ${withArticle(other.type)}, not ${withArticle(wanted?.what ?? "")}`);
}

/** Whether an object is worth listing: not the clock, and nothing without a name. */
export function isShown(object: KernelObject): boolean {
  return object.type !== "clock";
}

/** The block at an address, or with the struct's or one of its object's names. @throws InputError when there is none */
export function findBlock(moment: Moment, word: string): Block {
  const address = addressOf(word);
  if (address !== null) {
    const block = moment.blockAt(address);
    if (block !== null) return block;
    throw new InputError(`${formatAddress(address)} is not in the heap; "objects" lists the blocks there are`);
  }
  const block = byName(moment.blocks, word, (each) => [each.type.name], {
    what: "block of the heap",
    list: "objects",
    describe: (each) => `${formatAddress(each.address)} ${each.type.name}`,
  });
  return block;
}

/** A whole number from `least` on. @throws InputError for anything else */
export function findNumber(word: string, what: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  throw new InputError(`${what} should be a whole number ${range}, not "${word}"`);
}

interface Naming<T> {
  readonly what: string;
  /** The command that lists them. */
  readonly list: string;
  describe(each: T): string;
}

const SHOWN_MOST = 6;

/** The one with this name, in any case; else the one with a name that has this in it. */
export function byName<T>(
  all: readonly T[],
  word: string,
  namesOf: (each: T) => readonly string[],
  naming: Naming<T>,
): T {
  const wanted = word.toLowerCase();
  const exact = all.filter((each) => namesOf(each).some((name) => name.toLowerCase() === wanted));
  const found = exact.length > 0 ? exact : all.filter((each) => namesOf(each)[0]?.toLowerCase().includes(wanted));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  if (found.length === 0) {
    const names = [...new Set(all.map((each) => namesOf(each)[0] ?? ""))];
    throw new InputError(
      `there is no ${naming.what} "${word}"${suggestion(word, names) || "."} "${naming.list}" lists what there is`,
    );
  }
  const shown = found.slice(0, SHOWN_MOST).map((each) => `\n  ${naming.describe(each)}`);
  const more = found.length > shown.length ? `\n  and ${found.length - shown.length} more` : "";
  throw new InputError(`"${word}" could be ${found.length} ${naming.list}; say which:${shown.join("")}${more}`);
}
