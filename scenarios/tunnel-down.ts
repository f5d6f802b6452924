// The device that ships today, taken down while its reader is on the way back to waiting. `tunnel_down` releases all
// who wait on the queue's semaphore, which stores nothing; the reader has looked at the empty queue and given its
// lock back, but has not acquired the semaphore yet. It does so afterwards, and `ifconfig tap/0 down` waits for it.

import { ifconfig } from "#apps/ifconfig";
import { tunnelDriver } from "#drivers/tun/history/tunnel";
import { scenario } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";

export default scenario("tunnel-down", {
  about: "Today's tunnel device, taken down while its reader is on the way back to waiting: the wake-up is lost.",
  era: "head",
  drivers: [tunnelDriver],
  expect: { run: "finished", explore: "deadlock" },

  *setup({ host }) {
    const app = host.team("app");
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap/0", "up"]);
    const descriptor = yield* app.open("/dev/tap/0", O_RDWR);
    return { app, shell, descriptor };
  },

  *run({ app, shell, descriptor }) {
    app.spawn("app", () => app.write(descriptor, new Uint8Array(60)));
    shell.spawn("ifconfig", () => ifconfig(shell, ["tap/0", "down"]));
  },
});
