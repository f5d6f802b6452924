// `sem`: one semaphore.

import { formatAddress } from "#kernel/kernel-object";
import { Semaphore } from "#sync/semaphore";
import type { KdlCommand } from "#kdl/command";
import type { Debugger } from "#kdl/debugger";
import { addressOf } from "#kdl/find";
import { idsOf, neededObject } from "#kdl/object-words";
import { waitersOf } from "#kdl/state";
import type { TraceEvent } from "#trace/event";

export const sem: KdlCommand = {
  names: ["sem"],
  usage: "<semaphore>",
  about: "show a semaphore, by id, address or name",
  completes: "object",
  perform(kdl, [word]) {
    const found = neededObject(kdl, asAddress(kdl, word), Semaphore, { what: "semaphore", types: ["semaphore"] });
    const acquired = lastUse(kdl, found, "acquired");
    const released = lastUse(kdl, found, "released");
    return [
      `SEM: ${formatAddress(found.address)}`,
      `id:      ${found.number} (0x${found.number.toString(16)})`,
      `name:    '${found.title}'`,
      "owner:   1",
      `count:   ${found.shownCount}${found.isDeleted ? " (deleted)" : ""}`,
      `queue:  ${idsOf(waitersOf(kdl.moment, found))}`,
      `last acquired by: ${acquired?.thread ?? 0}, count: ${acquired?.value ?? 0}`,
      `last released by: ${released?.thread ?? 0}${released === undefined ? "" : `, at step ${released.step}`}`,
    ].join("\n");
  },
};

/** The last thread that acquired or released it, as the trace has it. */
export function lastUse(
  { timeline, step }: Debugger,
  found: Semaphore,
  what: "acquired" | "released",
): TraceEvent | undefined {
  return timeline.events.findLast((event) => {
    if (event.objectNumber !== found.number || event.step > step) return false;
    return what === "acquired" ? event.kind === "acquired" : event.kind === "step" && event.text === "release";
  });
}

// A semaphore has an id, which is its number.
function asAddress({ moment }: Debugger, word: string | undefined): string | undefined {
  if (word === undefined || addressOf(word) !== null || !/^\d+$/.test(word)) return word;
  const found = moment.objects.find((object) => object instanceof Semaphore && object.number === Number(word));
  return found === undefined ? word : formatAddress(found.address);
}
