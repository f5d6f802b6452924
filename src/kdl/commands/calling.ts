// `calling`: who is in a function.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { threadTable } from "#kdl/thread-table";

export const calling: KdlCommand = {
  names: ["calling"],
  usage: "<function>",
  about: "list the threads that have a function on their stack",
  perform(kdl, [name]) {
    const { moment } = kdl;
    if (name === undefined) throw new InputError("calling takes the name of a function, or a part of it: calling read");
    const found = moment.livingThreads.filter((thread) =>
      moment.stackOf(thread).some((frame) => frame.name.includes(name)),
    );
    return found.length === 0 ? `no thread is in "${name}"` : threadTable(kdl, found);
  },
};
