// The merged driver's close notifies without the reader's lock, and leaves no sign that the descriptor is closed. A
// frame from a program keeps the interface's reader busy; if the close comes when it has looked at the empty
// queue again and does not wait yet, the notify finds nobody, and `ifconfig tap/0 down` waits for ever.

import { ifconfig } from "#apps/ifconfig";
import { mergedDriver } from "#drivers/tun/history/merged";
import { scenario } from "#scenario/types";
import { F_SETFL, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";

export default scenario("merged-close", {
  about: "The driver as merged, closed while its reader is on the way back to waiting: the wake-up is lost.",
  drivers: [mergedDriver],
  expect: { run: "finished", explore: "deadlock" },

  *setup({ host }) {
    const app = host.team("app");
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap/0", "up"]);
    const descriptor = yield* app.open("/dev/tap/0", O_RDWR);
    yield* app.fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return { app, shell, descriptor };
  },

  *run({ app, shell, descriptor }) {
    app.spawn("app", () => app.write(descriptor, new Uint8Array(60)));
    shell.spawn("ifconfig", () => ifconfig(shell, ["tap/0", "down"]));
  },
});
