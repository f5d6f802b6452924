// `io_context`: the descriptors of a team.

import { InputError } from "#base/assert";
import { formatAddress } from "#kernel/kernel-object";
import type { Team } from "#kernel/team";
import type { KdlCommand } from "#kdl/command";
import type { Debugger } from "#kdl/debugger";
import { addressOf } from "#kdl/find";
import { contextAddress, findTeam, teamOfContext } from "#kdl/team";
import { SLOTS_MOST } from "#vfs/descriptor-table";
import { IoContext } from "#vfs/io-context";
import { addressOfValue } from "#kdl/memory";

export const ioContext: KdlCommand = {
  names: ["io_context", "fds"],
  usage: "[team]",
  about: "list the open descriptors of a team, by its id, its name or its io_context's address",
  completes: "team",
  details: `Each descriptor has two counts: "open" (at 0 the close hook is called) and "ref" (at 0 the free hook is called).
A descriptor that no slot leads to any more is listed at the end as long as a call is inside.`,
  perform(kdl, [word]) {
    const team = wantedTeam(kdl, word);
    const context = team.ioContext;
    if (!(context instanceof IoContext)) throw new InputError(`team ${team.id} "${team.name}" has no descriptors`);
    const slots = Array.from({ length: SLOTS_MOST }, (_, fd) => ({ fd, descriptor: context.table.shown(fd) }));
    const used = slots.filter(({ descriptor }) => descriptor !== null);
    const rows = used.map(({ fd, descriptor }) => row(String(fd), descriptor));
    const shown = new Set(kdl.moment.kernels.flatMap(({ teams }) => teams.flatMap(slotsOf)));
    const homeless = context.files.liveDescriptors.filter((descriptor) => !shown.has(descriptor));
    return [
      `I/O CONTEXT: ${contextAddress(kdl.moment, team)}`,
      ` team:     ${team.id} "${team.name}"`,
      ` used fds: ${used.length}`,
      ` max fds:  ${SLOTS_MOST}`,
      "  no.  descriptor          ref  open  flags  cookie              file",
      ...rows,
      ...homeless.map((descriptor) => row("-", descriptor)),
    ].join("\n");
  },
};

type Shown = ReturnType<IoContext["table"]["shown"]>;

function slotsOf({ ioContext: context }: Team): Shown[] {
  if (!(context instanceof IoContext)) return [];
  return Array.from({ length: SLOTS_MOST }, (_, fd) => context.table.shown(fd)).filter((each) => each !== null);
}

function row(slot: string, descriptor: Shown): string {
  if (descriptor === null) return "";
  const cells = [
    slot.padStart(4),
    ` ${formatAddress(descriptor.address)}`,
    String(descriptor.referenceCount).padStart(4),
    String(descriptor.openCount).padStart(5),
    ` ${`0x${descriptor.flags.toString(16)}`.padStart(5)}`,
    ` ${formatAddress(addressOfValue(descriptor.file.cookie ?? null))}`,
    ` ${descriptor.file.name}${descriptor.isDisconnected ? " (disconnected)" : ""}`,
  ];
  return cells.join(" ");
}

function wantedTeam({ moment }: Debugger, word: string | undefined): Team {
  const address = addressOf(word ?? "");
  const found = word === undefined ? moment.current?.team : undefined;
  const team = found ?? (address === null ? undefined : teamOfContext(moment, address));
  if (team === undefined && word === undefined) throw new InputError('say which team ("teams" lists them)');
  return team ?? findTeam(moment, word ?? "");
}
