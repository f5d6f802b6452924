// The driver of July: a writer may send its next packet when a reader has taken the last one. The program that reads
// is killed while it waits in read, and the stack sends twice: the first packet goes into the queue, and nobody is
// left to take it and let the second one pass.

import { ifconfig } from "#apps/ifconfig";
import { semaphoresDriver } from "#drivers/tun/history/semaphores";
import { sendFrame } from "#net/network";
import { scenario } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";

export default scenario("semaphores", {
  about: "July 2023, semaphores: a reader is killed while it waits, and the writer's second write waits for ever.",
  drivers: [semaphoresDriver],
  expect: { run: "deadlock", explore: "deadlock" },

  *setup({ host }) {
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    const openvpn = host.team("openvpn");
    const descriptor = yield* openvpn.open("/dev/tap0", O_RDWR);
    const reader = openvpn.spawn("openvpn", function* () {
      const buffer = new Uint8Array(1514);
      while ((yield* openvpn.read(descriptor, buffer)) > 0);
    });
    return { openvpn, reader };
  },

  *run({ kernel, judge, openvpn, reader }) {
    judge.allowLeaks(); // a packet that nobody is left to read stays in the driver's queue
    kernel.spawn("ping", function* () {
      yield* sendFrame(kernel, "tap0", new Uint8Array(60));
      yield* sendFrame(kernel, "tap0", new Uint8Array(60));
    });
    yield* openvpn.kill(reader);
  },
});
