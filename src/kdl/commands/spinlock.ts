// `spinlock`: one of a driver's spinlocks.

import { formatAddress } from "#kernel/kernel-object";
import { Spinlock } from "#sync/spinlock";
import type { KdlCommand } from "#kdl/command";
import { idsOf, neededObject } from "#kdl/object-words";
import { waitersOf } from "#kdl/state";

export const spinlock: KdlCommand = {
  names: ["spinlock"],
  usage: "<spinlock>",
  about: "show a spinlock, by address or name",
  completes: "object",
  perform(kdl, [word]) {
    const found = neededObject(kdl, word, Spinlock, { what: "spinlock", types: ["spinlock"] });
    const caller = found.kernel.spinlocks.lastCaller(found);
    const holder = found.holder();
    return [
      `spinlock ${formatAddress(found.address)}:`,
      `  name:            ${found.title}`,
      `  word:            0x${(found.word >>> 0).toString(16)}`,
      found.word === 0 ? "  not locked" : `  locked from ${caller}`,
      ...(holder === null ? [] : [`  holder:          ${holder.id}`]),
      `  waiting threads:${idsOf(waitersOf(kdl.moment, found))}`,
    ].join("\n");
  },
};
