// `ifconfig tap0 down` under a waiting reader, with each of the drivers of August 2023: what one run shows, and what
// there is.
import assert from "node:assert/strict";
import { compile, explore, ifconfig, scenario } from "lockstep";
import { notifyInCloseDriver } from "lockstep/drivers/tun/history/notify-in-close";
import { silentCloseDriver } from "lockstep/drivers/tun/history/silent-close";
import { snoozeInCloseDriver } from "lockstep/drivers/tun/history/snooze-in-close";
import { tunDriver } from "lockstep/drivers/tun/tun";

const down = (driver) =>
  scenario("down", {
    drivers: [driver],
    *setup({ host }) {
      const shell = host.team("shell");
      yield* ifconfig(shell, ["tap0", "up"]);
      return { shell };
    },
    *run({ shell }) {
      shell.spawn("ifconfig", () => ifconfig(shell, ["tap0", "down"]));
    },
  });

const expected = [
  ["wakes nobody", silentCloseDriver, "deadlock"],
  ["wakes, and frees", notifyInCloseDriver, "panic"],
  ["wakes, sleeps 10 us, and frees", snoozeInCloseDriver, "panic"],
  ["ours", tunDriver, "finished"],
];
for (const [words, driver, outcome] of expected) {
  const found = explore(compile(down(driver)));
  console.log(`${words.padEnd(32)}${found.outcome.padEnd(10)}${found.executions} traces`);
  assert.equal(found.outcome, outcome);
  assert(found.exhausted);
}
