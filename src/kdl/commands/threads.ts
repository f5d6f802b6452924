// `threads`: all threads that are not dead, or those of one team.

import type { KdlCommand } from "#kdl/command";
import { findTeam } from "#kdl/team";
import { threadTable } from "#kdl/thread-table";

export const threads: KdlCommand = {
  names: ["threads"],
  usage: "[team]",
  about: "list all threads, or those of one team",
  completes: "team",
  details: `States: running (it took the step), ready, waiting, suspended, zzz (it sleeps). A thread that is about to take a
lock which somebody has counts as waiting for it. "cvar:XXXX" has the beginning of the variable's name.`,
  perform(kdl, [word]) {
    const { moment } = kdl;
    const team = word === undefined ? null : findTeam(moment, word);
    return threadTable(
      kdl,
      moment.livingThreads.filter((thread) => team === null || thread.team === team),
    );
  },
};
