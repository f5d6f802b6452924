// read_pos and write_pos: on a device that knows positions, without moving the descriptor's own.
//
// The simulated teams' own calls have no such pair; these go the same way, from the descriptor to the driver's hook.

import { assert } from "#base/assert";
import { B_FILE_ERROR } from "#base/status";
import type { Operation, Steps } from "#kernel/operation";
import type { Descriptor } from "#vfs/descriptor";
import { O_RDONLY, O_RWMASK, O_WRONLY } from "#vfs/file-calls";
import { IoContext } from "#vfs/io-context";
import type { UserTeam } from "#vfs/user-team";

export function readAt(team: UserTeam, fd: number, position: number, buffer: Uint8Array): Steps<number> {
  return transfer(team, fd, O_WRONLY, ({ file }) => file.read(position, buffer));
}

export function writeAt(team: UserTeam, fd: number, position: number, bytes: Uint8Array): Steps<number> {
  return transfer(team, fd, O_RDONLY, ({ file }) => file.write(position, bytes));
}

function* transfer(
  team: UserTeam,
  fd: number,
  refused: number,
  call: (descriptor: Descriptor) => Operation<number>,
): Steps<number> {
  const context = team.ioContext;
  assert(context instanceof IoContext, "a user team has an io context");
  const descriptor = yield* context.table.get(fd);
  if (descriptor === null) return B_FILE_ERROR;
  const count = (descriptor.flags & O_RWMASK) === refused ? B_FILE_ERROR : yield* call(descriptor);
  yield* descriptor.put();
  return count;
}
