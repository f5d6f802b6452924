// The panic of the blog post. The close hook wakes the interface's reader and frees its cookie; the reader, once it
// runs, takes its lock again, in freed memory.
//
// The post's message says "last caller: 0x0000000000000000": of the last 32 spinlocks taken on the system none was
// this one. So the reader has been waiting for a second, in which other threads went about their business.

import { ifconfig } from "#apps/ifconfig";
import { notifyInCloseDriver } from "#drivers/tun/history/notify-in-close";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { scenario } from "#scenario/types";
import { Mutex } from "#sync/mutex";

const ROUNDS = 50;
const ROUND_US = 20_000;

export default scenario("notify-in-close", {
  about: "August 2023, a close hook that notifies and deletes the cookie: the reader wakes up in freed memory.",
  drivers: [notifyInCloseDriver],
  expect: { run: "panic", explore: "panic" },

  *setup({ host, kernel }) {
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    yield* kernel.waitForThread(kernel.spawn("other work", () => otherWork(kernel)));
    return { shell };
  },

  *run({ shell }) {
    shell.spawn("ifconfig", () => ifconfig(shell, ["tap0", "down"]));
  },
});

/** A second of somebody else's locking and unlocking. */
function* otherWork(kernel: Kernel): Steps<void> {
  const lock = new Mutex(kernel, "other work");
  for (let round = 0; round < ROUNDS; round++) {
    yield* lock.lock();
    lock.unlock();
    yield* kernel.snooze(ROUND_US);
  }
}
