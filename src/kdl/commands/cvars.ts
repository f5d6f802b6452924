// `cvars`: all condition variables.

import { formatAddress } from "#kernel/kernel-object";
import { ConditionVariable } from "#sync/condition-variable";
import type { KdlCommand } from "#kdl/command";
import { idsOf } from "#kdl/object-words";

export const cvars: KdlCommand = {
  names: ["cvars"],
  usage: "",
  about: "list the condition variables and who waits for them",
  details: "Haiku lists only those that were published; here all are known.",
  most: 0,
  perform({ moment }) {
    const found = moment.objects.filter((object): object is ConditionVariable => object instanceof ConditionVariable);
    const types = Math.max(20, ...found.map(({ title }) => title.length));
    const heading = `  variable            object              ${"(type)".padEnd(types)}  waiting threads`;
    const rows = found.map((each) => {
      const object = formatAddress(each.memory?.address ?? 0);
      return `  ${formatAddress(each.address)}  ${object}  ${each.title.padEnd(types)} ${idsOf(each.waiters)}`;
    });
    return [heading, "-".repeat(heading.length), ...rows].join("\n");
  },
};
