// `teams`: all teams.

import type { KdlCommand } from "#kdl/command";
import { teamAddress, teamsOf } from "#kdl/team";

export const teams: KdlCommand = {
  names: ["teams"],
  usage: "",
  about: "list the teams",
  most: 0,
  perform({ moment }) {
    const rows = teamsOf(moment).map((team) => {
      const threads = String(team.liveThreads).padStart(7);
      return `${teamAddress(moment, team)}  ${String(team.id).padStart(5)}  ${threads}  ${team.kernel.prefix}${team.name}`;
    });
    return [`team                   id  threads  name`, ...rows].join("\n");
  },
};
