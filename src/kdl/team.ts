// Teams: which one is meant, and their fake addresses, which the simulation does not need and a debugger shows.

import { formatAddress } from "#kernel/kernel-object";
import type { Team } from "#kernel/team";
import { addressOf, byName } from "#kdl/find";
import type { Moment } from "#kdl/moment";
import { IoContext } from "#vfs/io-context";

/** Between two hosts' teams, and between two teams. */
const HOST_BYTES = 0x10_0000;
const TEAM_BYTES = 0x400;
const TEAMS_AT = 0xf000_0000;
const CONTEXTS_AT = 0xf800_0000;

export function teamsOf({ kernels }: Moment): readonly Team[] {
  return kernels.flatMap((kernel) => kernel.teams);
}

/** By id, address or name; an id is one host's, of several hosts the first one's. @throws InputError when there is none */
export function findTeam(moment: Moment, word: string): Team {
  const teams = teamsOf(moment);
  const address = addressOf(word);
  const found =
    teams.find((team) => String(team.id) === word) ?? teams.find((team) => address === low(moment, team, TEAMS_AT));
  const title = (team: Team): string => team.kernel.prefix + team.name;
  const describe = (team: Team): string => `${team.id} "${title(team)}"`;
  return found ?? byName(teams, word, (team) => [title(team), team.name], { what: "team", list: "teams", describe });
}

export function teamAddress(moment: Moment, team: Team): string {
  return formatAddress(low(moment, team, TEAMS_AT));
}

/** The address of the team's io_context; zero when it has none. */
export function contextAddress(moment: Moment, team: Team): string {
  return formatAddress(team.ioContext instanceof IoContext ? low(moment, team, CONTEXTS_AT) : 0);
}

/** The team whose io_context lies there; undefined when none does. */
export function teamOfContext(moment: Moment, address: number): Team | undefined {
  return teamsOf(moment).find((team) => low(moment, team, CONTEXTS_AT) === address);
}

function low({ kernels }: Moment, team: Team, from: number): number {
  return from + kernels.indexOf(team.kernel) * HOST_BYTES + team.id * TEAM_BYTES;
}
