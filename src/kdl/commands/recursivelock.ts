// `recursivelock`: one recursive lock.

import { formatAddress } from "#kernel/kernel-object";
import { RecursiveLock } from "#sync/recursive-lock";
import type { KdlCommand } from "#kdl/command";
import { idsOf, neededObject } from "#kdl/object-words";
import { waitersOf } from "#kdl/state";

export const recursivelock: KdlCommand = {
  names: ["recursivelock"],
  usage: "<lock>",
  about: "show a recursive lock, by address or name",
  completes: "object",
  perform(kdl, [word]) {
    const found = neededObject(kdl, word, RecursiveLock, { what: "recursive lock", types: ["recursive lock"] });
    return [
      `recursive_lock ${formatAddress(found.address)}:`,
      `  name:            ${found.title}`,
      "  flags:           0x0",
      `  holder:          ${found.holder()?.id ?? -1}`,
      `  recursion:       ${depthOf(kdl.timeline.events, found.number, kdl.step)}`,
      `  waiting threads:${idsOf(waitersOf(kdl.moment, found))}`,
    ].join("\n");
  },
};

// How often its holder has it: as its last locking or unlocking left it.
function depthOf(
  events: readonly { kind: string; objectNumber: number; step: number; value: number }[],
  number: number,
  step: number,
): number {
  const last = events.findLast(
    (event) =>
      event.objectNumber === number && event.step <= step && (event.kind === "acquired" || event.kind === "unlocked"),
  );
  return last?.value ?? 0;
}
