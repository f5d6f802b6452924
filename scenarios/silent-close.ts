// The first hang that was told of: `ifconfig tap0 down` never comes back. The driver's close hook wakes nobody, so
// the interface's reader waits on for a packet, and the stack waits for the reader, uninterruptibly.

import { ifconfig } from "#apps/ifconfig";
import { silentCloseDriver } from "#drivers/tun/history/silent-close";
import { scenario } from "#scenario/types";

export default scenario("silent-close", {
  about: "August 2023, a close hook that notifies nobody: `ifconfig tap0 down` waits for a reader that nobody wakes.",
  drivers: [silentCloseDriver],
  expect: { run: "deadlock", explore: "deadlock" },

  *setup({ host }) {
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    return { shell };
  },

  *run({ shell }) {
    shell.spawn("ifconfig", () => ifconfig(shell, ["tap0", "down"]));
  },
});
