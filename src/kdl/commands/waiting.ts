// `waiting`: the threads that wait, all or for one object.

import type { KdlCommand } from "#kdl/command";
import { findObject } from "#kdl/find";
import { stateOf, waitersOf } from "#kdl/state";
import { threadTable } from "#kdl/thread-table";

export const waiting: KdlCommand = {
  names: ["waiting"],
  usage: "[object]",
  about: "list the threads that wait, all or for one object",
  completes: "object",
  perform(kdl, [word]) {
    const { moment } = kdl;
    if (word !== undefined) return threadTable(kdl, waitersOf(moment, findObject(moment, word)));
    return threadTable(
      kdl,
      moment.livingThreads.filter((thread) => stateOf(moment, thread) === "waiting"),
    );
  },
};
