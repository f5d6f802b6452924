// The cure that seems to work: ten microseconds between waking the interface's reader and freeing its cookie. On
// an idle machine the reader is through by then. A reader that is delayed by more is not.

import { ifconfig } from "#apps/ifconfig";
import { snoozeInCloseDriver } from "#drivers/tun/history/snooze-in-close";
import { scenario } from "#scenario/types";

export default scenario("snooze-in-close", {
  about: "August 2023, a close hook that notifies, sleeps for 10 us and deletes the cookie: it only seems to work.",
  drivers: [snoozeInCloseDriver],
  expect: { run: "finished", explore: "panic" },

  *setup({ host }) {
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    return { shell };
  },

  *run({ shell }) {
    shell.spawn("ifconfig", () => ifconfig(shell, ["tap0", "down"]));
  },
});
