// `mutex`: one mutex.

import { formatAddress } from "#kernel/kernel-object";
import { Mutex } from "#sync/mutex";
import type { KdlCommand } from "#kdl/command";
import { idsOf, neededObject } from "#kdl/object-words";
import { waitersOf } from "#kdl/state";

export const mutex: KdlCommand = {
  names: ["mutex"],
  usage: "<mutex>",
  about: "show a mutex, by address or name: who has it, who waits for it",
  completes: "object",
  details: `holder: -1 is nobody, 0 a mutex that is destroyed or not initialised, -559038737 (0xdeadbeef) freed memory.`,
  perform(kdl, [word]) {
    const found = neededObject(kdl, word, Mutex, { what: "mutex", types: ["mutex"] });
    return [
      `mutex ${formatAddress(found.address)}:`,
      `  name:            ${found.title}`,
      "  flags:           0x0",
      `  holder:          ${found.holderWord}`,
      `  waiting threads:${idsOf(waitersOf(kdl.moment, found))}`,
    ].join("\n");
  },
};
