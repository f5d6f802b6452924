// What the commands about single objects have in common: finding one of the right class, and writing lists of threads.

import { InputError } from "#base/assert";
import { formatAddress, type KernelObject } from "#kernel/kernel-object";
import type { Thread } from "#kernel/thread";
import type { Debugger } from "#kdl/debugger";
import { findObject, type Wanted } from "#kdl/find";

/** Of those that could be meant so many are named. */
const SHOWN_MOST = 6;

/** An object of a class. Without a word, the only one there is. @throws InputError when there is none, or several */
export function neededObject<T extends KernelObject>(
  { moment }: Debugger,
  word: string | undefined,
  type: abstract new (...values: never[]) => T,
  wanted: Wanted,
): T {
  const all = moment.objects.filter((object): object is T => object instanceof type);
  const [only] = all;
  if (word === undefined && (only === undefined || all.length > 1)) {
    const there = all.length === 0 ? "there is none yet" : `there are ${all.length}:${listed(all)}`;
    throw new InputError(`say which ${wanted.what}, by its address or its name; ${there}`);
  }
  if (word === undefined && only !== undefined) return only;
  const found = findObject(moment, word ?? "", wanted);
  if (found instanceof type) return found;
  throw new InputError(`"${word}" is a ${found.type}, not a ${wanted.what}`);
}

function listed(objects: readonly KernelObject[]): string {
  const lines = objects.slice(0, SHOWN_MOST).map((each) => `\n  ${formatAddress(each.address)} ${each.title}`);
  const more =
    objects.length > lines.length ? `\n  and ${objects.length - lines.length} more ("objects" lists them)` : "";
  return `${lines.join("")}${more}`;
}

/** The ids of threads, each after a blank; " -" for nobody. */
export function idsOf(threads: readonly Thread[]): string {
  return threads.length === 0 ? " -" : threads.map(({ id }) => ` ${id}`).join("");
}
