// NAME: drivers that ship, on every schedule. Put your own in their place.

import { B_FILE_ERROR, O_RDWR, scenario, ifconfig, type Driver, type Scenario } from "lockstep";
import { mergedDriver } from "lockstep/drivers/tun/history/merged";
import { tunDriver } from "lockstep/drivers/tun/tun";
import { everySchedule, findsWithin } from "lockstep/vitest";
import { describe, expect } from "vitest";

/** A program writes, and the interface goes down, while the network stack waits for a packet. */
function writeAndDown(driver: Driver, device: string, path: string): Scenario {
  return scenario("write and down", {
    drivers: [driver],

    // Not explored.
    *setup({ host }) {
      const app = host.team("app");
      const shell = host.team("shell");
      yield* ifconfig(shell, [device, "up"]);
      return { app, shell, descriptor: yield* app.openOrThrow(path, O_RDWR) };
    },

    // Explored: every order of their steps.
    *run({ judge, app, shell, descriptor }) {
      const writer = app.spawn("writer", () => app.write(descriptor, new Uint8Array(60)));
      const down = shell.spawn("ifconfig", () => ifconfig(shell, [device, "down"]));
      judge.atEnd(() => {
        expect(writer.result).not.toBe(B_FILE_ERROR);
        expect(down.result).toBe(0);
      });
    },
  });
}

describe("an interface goes down while a program writes", () => {
  everySchedule("with a correct driver everybody leaves", writeAndDown(tunDriver, "tap0", "/dev/tap/tap0"));

  findsWithin(
    1_000,
    "the driver as merged loses the wake-up",
    writeAndDown(mergedDriver, "tap/0", "/dev/tap/0"),
    "deadlock",
  );
});
