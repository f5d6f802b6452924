// `running`: the threads in this state.

import type { KdlCommand } from "#kdl/command";
import { stateOf } from "#kdl/state";
import { threadTable } from "#kdl/thread-table";

export const running: KdlCommand = {
  names: ["running"],
  usage: "",
  about: "list the thread whose step it was, if it could go on",
  most: 0,
  perform(kdl) {
    const { moment } = kdl;
    return threadTable(
      kdl,
      moment.livingThreads.filter((thread) => stateOf(moment, thread) === "running"),
    );
  },
};
