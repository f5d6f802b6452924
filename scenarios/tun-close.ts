// Close against a blocked read, from both sides: a program's reader against close of its own descriptor, and the
// interface's reader against `ifconfig tap0 down`, which waits for it. The driver of 2023 loses one or the other.

import { ifconfig } from "#apps/ifconfig";
import { B_FILE_ERROR, B_OK, statusName, type Status } from "#base/status";
import { tunDriver } from "#drivers/tun/tun";
import { scenario } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";

export default scenario("tun-close", {
  about: "Our driver: whoever is blocked in read leaves when the descriptor is closed or the interface goes down.",
  drivers: [tunDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host }) {
    const app = host.team("app");
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    const descriptor = yield* app.open("/dev/tap/tap0", O_RDWR);
    return { app, shell, descriptor };
  },

  *run({ kernel, judge, app, shell, descriptor }) {
    const reader = app.spawn("reader", () => app.read(descriptor, new Uint8Array(1514)));
    const closer = app.spawn("closer", () => app.close(descriptor));
    const down = shell.spawn("ifconfig", () => ifconfig(shell, ["tap0", "down"]));
    for (const thread of [reader, closer, down]) yield* kernel.waitForThread(thread);
    yield* ifconfig(shell, ["delete", "tap0"]);
    const found = yield* shell.stat("/dev/tap/tap0");

    judge.atEnd(() => {
      expectStatus("the read", reader.result, B_FILE_ERROR);
      expectStatus("close", closer.result, B_OK);
      expectStatus("ifconfig tap0 down", down.result, 0);
      if (typeof found !== "number") throw new Error("/dev/tap/tap0 is still there, with nobody holding it");
    });
  },
});

function expectStatus(what: string, result: unknown, expected: Status): void {
  if (result !== expected) throw new Error(`${what}: ${statusName(Number(result))}, not ${statusName(expected)}`);
}
