// `sems`: all semaphores.

import { formatAddress } from "#kernel/kernel-object";
import { Semaphore } from "#sync/semaphore";
import type { KdlCommand } from "#kdl/command";
import { lastUse } from "#kdl/commands/sem";

export const sems: KdlCommand = {
  names: ["sems"],
  usage: "[name]",
  about: "list the semaphores, all or those with a name that has this in it",
  perform(kdl, [name = ""]) {
    const found = kdl.moment.objects.filter(
      (object): object is Semaphore => object instanceof Semaphore && object.title.includes(name),
    );
    const ids = Math.max(8, ...found.map(({ number }) => String(number).length));
    const rows = found.map((each) => {
      const last = String(lastUse(kdl, each, "acquired")?.thread ?? 0).padStart(6);
      const count = String(each.shownCount).padStart(5);
      const state = each.isDeleted ? " (deleted)" : "";
      return `${formatAddress(each.address)}  ${String(each.number).padStart(ids)} ${count}      1 ${last}  ${each.title}${state}`;
    });
    return [`sem                 ${"id".padStart(ids)} count   team   last  name`, ...rows].join("\n");
  },
};
