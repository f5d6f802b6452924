// Our driver under load, for as long as is asked for: TAP and TUN interfaces side by side, each with several programs that write, one that
// reads, and the stack sending; bursts that are longer than the queues, wrong frames, buffers too short; and all the while
// interfaces go down, come up, are deleted and made anew, and descriptors are closed under their readers.
//
// What must be true: no packet is merged, split, reordered within one writer, or delivered to another interface; what did
// not arrive was counted as dropped; nobody hangs, nothing leaks, and nothing piles up meanwhile. vpn-soak-lanes.ts keeps the accounts.

import { ifconfig } from "#apps/ifconfig";
import { tunDriver } from "#drivers/tun/tun";
import type { Steps } from "#kernel/operation";
import type { Thread } from "#kernel/thread";
import { liveBuffers } from "#net/net-buffer";
import { scenario, type ScenarioContext } from "#scenario/types";
import { O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";
import { FIRST_SENDER, Lane } from "./vpn-soak-lanes.js";

/** Microseconds between two bursts of one writer, and between two changes of one interface. */
const BURST_EVERY = 20_000;
const CHANGE_EVERY = 3_000_000;
/** Packets in a burst; now and then one that is longer than a queue. */
const BURST = 5;
const LONG_BURST = 100;
/** Bytes of the program's buffer: too short for most packets, and long enough for all. */
const SHORT = 64;
const LONG = 2_048;
/** Packets that may be under way at once: the queues' limits, both ways, and those in the hands of a thread. */
const PACKETS_MOST = 2 * 64 + 64;

/** How much is done: all of it in a run; while exploring as little as shows everything. */
interface Amount {
  readonly seconds: number;
  readonly writers: number;
  readonly lanes: number;
  readonly isExplored: boolean;
}

export default scenario("vpn-soak", {
  about: "Our driver under load, with interfaces going up and down: every packet arrives or is counted as dropped.",
  drivers: [tunDriver],
  parameters: {
    seconds: { default: 60, about: "how long, in virtual time", least: 1, most: 1_000_000 },
    interfaces: { default: 4, about: "interfaces, every second one of which is a TUN", least: 1, most: 64 },
    writers: { default: 2, about: "programs that write to each of them", least: 1, most: 16 },
  },
  expect: { run: "finished", explore: "finished" },
  bounds: { strategy: "random", maxExecutions: 200 },
  runSteps: ({ seconds, interfaces, writers }) =>
    1_000_000 + Number(seconds) * Number(interfaces) * (Number(writers) + 2) * 20_000,

  *run(context) {
    const { kernel, judge, parameters } = context;
    const isExplored = kernel.simulation.scheduler.adversarial;
    const amount: Amount = isExplored
      ? { seconds: 0, writers: 1, lanes: 2, isExplored }
      : {
          seconds: Number(parameters.seconds),
          writers: Number(parameters.writers),
          lanes: Number(parameters.interfaces),
          isExplored,
        };
    const lanes = Array.from({ length: amount.lanes }, (_, index) => new Lane(kernel, index));
    const threads: Thread[] = [];
    for (const lane of lanes) threads.push(kernel.spawn(`${lane.name} soak`, () => soak(context, lane, amount)));
    for (const thread of threads) yield* kernel.waitForThread(thread);
    if (!isExplored) tell(context, lanes);
    judge.atEnd(() => {
      for (const { complaint } of lanes) if (complaint !== null) throw new Error(complaint);
      if (liveBuffers(kernel).size > 0) throw new Error(`${liveBuffers(kernel).size} packets were never freed`);
      if (kernel.heap.live.length > 0) throw new Error(`${kernel.heap.live.length} blocks were never freed`);
    });
  },
});

// One interface, from its beginning to its end.
function* soak({ host, kernel }: ScenarioContext, lane: Lane, amount: Amount): Steps<void> {
  const shell = host.team("shell");
  const app = host.team("app");
  yield* lane.up(shell);
  // Its counters are asked for at the end: as long as it is open the node lives. It reads nothing.
  const watching = yield* app.open(lane.path, O_RDWR);
  const until = kernel.systemTime() + amount.seconds * 1_000_000;
  const workers = Array.from({ length: amount.writers }, (_, writer) =>
    kernel.spawn(`${lane.name} writer`, () => write(app, lane, watching, writer, until, amount)),
  );
  workers.push(kernel.spawn(`${lane.name} sender`, () => send(lane, FIRST_SENDER, until, amount, app)));
  workers.push(kernel.spawn(`${lane.name} changes`, () => change(lane, shell, until, amount)));
  workers.push(kernel.spawn(`${lane.name} app reader`, () => read(app, lane, until, amount)));
  for (const worker of workers) yield* kernel.waitForThread(worker);
  // What is still on its way to the stack arrives.
  yield* ifconfig(shell, [lane.name, "down"]);
  if (!amount.isExplored) yield* kernel.snooze(100_000);
  yield* ifconfig(shell, ["delete", lane.name]);
  if (!amount.isExplored) yield* lane.settle(app, watching);
  yield* app.close(watching);
}

function* write(
  app: UserTeam,
  lane: Lane,
  descriptor: number,
  writer: number,
  until: number,
  amount: Amount,
): Steps<void> {
  if (amount.isExplored) return yield* lane.write(app, descriptor, writer, 2);
  const { kernel } = app;
  for (let round = 1; kernel.systemTime() < until; round++) {
    yield* lane.write(app, descriptor, writer, round % 50 === 0 ? LONG_BURST : BURST);
    if (round % 10 === 0) yield* lane.writeWrong(app, descriptor);
    if (liveBuffers(kernel).size > amount.lanes * PACKETS_MOST) throw new Error("packets pile up");
    yield* kernel.snooze(BURST_EVERY);
  }
}

function* send(lane: Lane, writer: number, until: number, amount: Amount, { kernel }: UserTeam): Steps<void> {
  if (amount.isExplored) return yield* lane.send(writer, 1);
  for (let round = 1; kernel.systemTime() < until; round++) {
    yield* lane.send(writer, round % 50 === 0 ? LONG_BURST : BURST);
    yield* kernel.snooze(BURST_EVERY);
  }
}

// Down, and up again; every fourth time it is deleted, and made anew.
function* change(lane: Lane, shell: UserTeam, until: number, amount: Amount): Steps<void> {
  const { kernel } = shell;
  if (amount.isExplored) {
    yield* ifconfig(shell, [lane.name, "down"]);
    return yield* lane.up(shell);
  }
  for (let round = 1; kernel.systemTime() + CHANGE_EVERY < until; round++) {
    yield* kernel.snooze(CHANGE_EVERY);
    yield* ifconfig(shell, [lane.name, "down"]);
    // The stack drops what its consumer has not looked at when an interface is deleted; that is not the driver's.
    yield* kernel.snooze(50_000);
    if (round % 4 === 0) yield* ifconfig(shell, ["delete", lane.name]);
    yield* lane.up(shell);
  }
}

// The program's reader: now and then its descriptor is closed under it, and it opens another one.
function* read(app: UserTeam, lane: Lane, until: number, amount: Amount): Steps<void> {
  const { kernel } = app;
  // Time to read what was sent last.
  const end = until + 300_000;
  do {
    const descriptor = yield* app.open(lane.path, O_RDWR);
    const closesAt = Math.min(end, kernel.systemTime() + CHANGE_EVERY - 700_000);
    const closer = kernel.spawn(`${lane.name} closer`, function* () {
      if (!amount.isExplored) yield* kernel.snooze(closesAt - kernel.systemTime());
      yield* app.close(descriptor);
    });
    let round = 0;
    while ((yield* lane.read(app, descriptor, ++round % 7 === 0 ? SHORT : LONG)) >= 0);
    yield* kernel.waitForThread(closer);
  } while (!amount.isExplored && kernel.systemTime() < end);
}

function tell({ kernel, judge }: ScenarioContext, lanes: readonly Lane[]): void {
  const accounts = lanes.flatMap(({ toApp, toInterface }) => [toApp, toInterface]);
  const written = accounts.reduce((sum, { taken, refused }) => sum + taken + refused, 0);
  const arrived = accounts.reduce((sum, account) => sum + account.arrived, 0);
  judge.figure("written", written);
  judge.figure("arrived", arrived);
  judge.figure(
    "unaccounted",
    lanes.reduce((sum, lane) => sum + lane.unaccounted, 0),
  );
  kernel.dprintf(
    `${lanes.length} interfaces, ${written} packets written, ${arrived} arrived, all others counted as dropped`,
  );
}
