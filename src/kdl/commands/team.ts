// `team`: one team, and its threads.

import { InputError } from "#base/assert";
import type { KdlCommand } from "#kdl/command";
import { lines } from "#kdl/commands/thread";
import { contextAddress, findTeam, teamAddress } from "#kdl/team";
import { threadTable } from "#kdl/thread-table";

export const team: KdlCommand = {
  names: ["team"],
  usage: "[team]",
  about: "show one team, by id or name; without a word that of the thread whose step it was",
  completes: "team",
  perform(kdl, [word]) {
    const { moment } = kdl;
    const found = word === undefined ? moment.current?.team : findTeam(moment, word);
    if (found === undefined) throw new InputError('say which team ("teams" lists them)');
    const head = lines(
      [
        ["id", `${found.id} (0x${found.id.toString(16)})`],
        ["name", `'${found.name}'`],
        ["host", `'${found.kernel.name}'`],
        ["num_threads", String(found.liveThreads)],
        ["io_context", contextAddress(moment, found)],
      ],
      `TEAM: ${teamAddress(moment, found)}`,
    );
    const threads = moment.livingThreads.filter((thread) => thread.team === found);
    return `${head}\n${threadTable(kdl, threads)}`;
  },
};
