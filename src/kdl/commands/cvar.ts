// `cvar`: one condition variable.

import { formatAddress } from "#kernel/kernel-object";
import { ConditionVariable } from "#sync/condition-variable";
import type { KdlCommand } from "#kdl/command";
import { idsOf, neededObject } from "#kdl/object-words";

export const cvar: KdlCommand = {
  names: ["cvar"],
  usage: "<variable>",
  about: "show a condition variable, by address or name: who waits for it",
  completes: "object",
  details: `A condition variable has no memory: a notify that finds no thread here is lost. "who" lists those that came.`,
  perform(kdl, [word]) {
    const wanted = { what: "condition variable", types: ["condition variable"] };
    const found = neededObject(kdl, word, ConditionVariable, wanted);
    return [
      `condition variable ${formatAddress(found.address)}`,
      `  object:  ${formatAddress(found.memory?.address ?? 0)} (${found.title})`,
      `  threads:${idsOf(found.waiters)}`,
    ].join("\n");
  },
};
