// Nodes come and go with their users: an interface or an open makes /dev/tap/NAME, a stat does not, and the last
// user takes it away again. Two programs open the same unknown name, so that each may be first to make the node
// and last to leave it; or a program opens a node while its interface is deleted.

import { ifconfig } from "#apps/ifconfig";
import { B_ENTRY_NOT_FOUND, B_OK, statusName, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import { tunDriver } from "#drivers/tun/tun";
import { scenario } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

export default scenario("nodes-on-demand", {
  about: "Our driver: ifconfig and open make a node, stat does not, delete and the last close remove it, in any order.",
  drivers: [tunDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host }) {
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap1", "up"]);
    return { shell, app: host.team("app"), other: host.team("other") };
  },

  *run({ kernel, shell, app, other }) {
    yield* expectNode(shell, "/dev/tap/tap1", true);
    yield* expectNode(shell, "/dev/tap/tap7", false);

    // One of two races in each execution: in sequence, each schedule of one would be tried with each of the other.
    if (kernel.simulation.choose(2, "which race is run") === 0) {
      const opener = app.spawn("opener", () => openAndClose(app, "/dev/tap/tap7"));
      yield* openAndClose(other, "/dev/tap/tap7");
      yield* kernel.waitForThread(opener);
      yield* ifconfig(shell, ["delete", "tap1"]);
    } else {
      const opener = app.spawn("opener", () => openAndClose(app, "/dev/tap/tap1"));
      yield* ifconfig(shell, ["delete", "tap1"]);
      yield* kernel.waitForThread(opener);
    }

    yield* expectNode(shell, "/dev/tap/tap1", false);
    yield* expectNode(shell, "/dev/tap/tap7", false);
  },
});

// While a descriptor is open its node is there, whoever else comes and goes.
function* openAndClose(team: UserTeam, path: string): Steps<void> {
  const descriptor = yield* team.open(path, O_RDWR);
  if (descriptor < 0) throw new Error(`open ${path}: ${statusName(descriptor)}`);
  yield* expectNode(team, path, true);
  expectStatus(`close ${path}`, yield* team.close(descriptor), B_OK);
}

function* expectNode(team: UserTeam, path: string, exists: boolean): Steps<void> {
  const found = yield* team.stat(path);
  if (exists && typeof found === "number") throw new Error(`stat ${path}: ${statusName(found)}`);
  if (!exists) expectStatus(`stat ${path}`, found, B_ENTRY_NOT_FOUND);
}

function expectStatus(what: string, result: unknown, expected: Status): void {
  if (result !== expected) throw new Error(`${what}: ${statusName(Number(result))}, not ${statusName(expected)}`);
}
