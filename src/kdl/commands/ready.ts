// `ready`: the threads in this state.

import type { KdlCommand } from "#kdl/command";
import { stateOf } from "#kdl/state";
import { threadTable } from "#kdl/thread-table";

export const ready: KdlCommand = {
  names: ["ready"],
  usage: "",
  about: "list the threads that could go on and do not",
  most: 0,
  perform(kdl) {
    const { moment } = kdl;
    return threadTable(
      kdl,
      moment.livingThreads.filter((thread) => stateOf(moment, thread) === "ready"),
    );
  },
};
