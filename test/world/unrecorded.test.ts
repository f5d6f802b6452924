// Goal: what is left out when nobody watches changes nothing. Method: each scenario in measured time with a trace and without one.
import { expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { tunDriver } from "#drivers/tun/tun";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { operationVerb } from "#kernel/operation";
import { DEFAULT_OPTIONS } from "#kernel/options";
import type { Thread } from "#kernel/thread";
import { parseIPv4 } from "#net/ipv4-address";
import { buildIPv4Packet } from "#net/ipv4-packet";
import { compile, measuredSimulationOf } from "#scenario/compile";
import { scenario, type ParameterValues, type Scenario } from "#scenario/types";
import { Mutex } from "#sync/mutex";
import { Recorder } from "#trace/recorder";
import { O_RDONLY, O_RDWR } from "#vfs/file-calls";
import { measurementsOf } from "#vfs/measurements";
import type { UserTeam } from "#vfs/user-team";
import close from "#scenarios/vpn-close";
import correct from "#scenarios/vpn-correct";

const MASK = "255.255.255.0";

/** Packets through a router of two tunnels, and a call of each kind that goes another way than the usual one. */
const router = scenario("router", {
  parameters: {
    window: { default: 8, about: "packets under way at once" },
    routers: { default: 1, about: "of the two hosts" },
  },
  hosts: {
    a: { drivers: [tunDriver], forwards: true },
    b: { drivers: [tunDriver], forwards: true },
  },
  *run({ world, kernel, parameters, judge }) {
    judge.allowLeaks();
    const names = parameters.routers > 1 ? ["a", "b"] : ["a"];
    const threads: Thread[] = [];
    const killed: { team: UserTeam; waiting: Thread }[] = [];
    for (const name of names) {
      const host = world.host(name);
      const [shell, team] = [host.team("shell"), host.team("program")];
      yield* ifconfig(shell, ["tun0", "10.1.0.1", MASK, "up"]);
      yield* ifconfig(shell, ["tun1", "10.2.0.1", MASK, "up"]);
      const into = yield* team.open("/dev/tun/tun0", O_RDWR);
      const from = yield* team.open("/dev/tun/tun1", O_RDWR);
      const silent = yield* team.open("/dev/tun/tun2", O_RDWR);
      const wrong = yield* team.open("/dev/tun/tun0", O_RDONLY);
      threads.push(
        team.spawn("program", function* () {
          const buffer = new Uint8Array(1500);
          for (let round = 0; round < 20; round++) {
            for (let each = 0; each < parameters.window; each++) yield* team.write(into, packetTo("10.2.0.2"));
            for (let each = 0; each < parameters.window; each++) yield* team.read(from, buffer);
          }
          yield* team.write(into, packetTo("10.9.0.1")); // no route: the sender is told
          yield* team.read(into, buffer);
          yield* team.write(into, new Uint8Array(10_000)); // too long
          yield* team.write(wrong, packetTo("10.2.0.2"));
          yield* team.read(99, buffer);
        }),
      );
      const waiting = team.spawn("waiting", () => team.read(silent, new Uint8Array(1500)));
      threads.push(waiting);
      killed.push({ team, waiting });
    }
    yield* kernel.snooze(2_000);
    for (const { team, waiting } of killed) yield* team.kill(waiting);
    for (const thread of threads) yield* kernel.waitForThread(thread);
  },
});

/** Takes a lock and gives it back for ever. */
const spinning = scenario("spinning", {
  *run({ kernel }) {
    const lock = new Mutex(kernel, "lock");
    for (;;) {
      yield* lock.lock();
      lock.unlock();
    }
  },
});

/** The second of two operations shows that the first was forgotten. */
const forgetful = scenario("forgetful", {
  *run({ kernel }) {
    const lock = new Mutex(kernel, "lock");
    lock.lock();
    yield* lock.lock();
  },
});

const ROWS: readonly (readonly [name: string, Scenario, ParameterValues])[] = [
  ["vpn-close, a panic", close, { driver: "notify" }],
  ["vpn-close, a deadlock", close, { driver: "silent" }],
  ["vpn-correct, poll over TAP", correct, { pings: 5, interval: "0.01" }],
  ["vpn-correct, select over TUN", correct, { pings: 5, interval: "0.01", device: "tun0", mode: "select" }],
  ["a router, packets in a row", router, { window: 8, routers: 1 }],
  ["a router, packets one by one", router, { window: 1, routers: 1 }],
  ["two routers at the same time", router, { window: 8, routers: 2 }],
];

test.each(ROWS)(
  "%s ends after the same steps, at the same time, with the same numbers",
  (_name, scenario, parameters) => {
    const [watched, unwatched] = [new Recorder(operationVerb), null].map((recorder) => {
      const options = { ...DEFAULT_OPTIONS, ...measuredSimulationOf(scenario, parameters) };
      const program = compile(scenario, { parameters });
      const { outcome, simulation } = execute(
        program,
        firstChooser,
        { time: "measured", simulation: options },
        recorder,
      );
      const figures = simulation.kernels.map((kernel) => Object.fromEntries(measurementsOf(kernel).figures));
      return { kind: outcome.kind, message: outcome.message, steps: simulation.steps, time: simulation.now(), figures };
    });
    expect(unwatched).toEqual(watched);
    expect(unwatched?.steps).toBeGreaterThan(100);
  },
);

test.each([
  ["a livelock", spinning, DEFAULT_OPTIONS],
  ["too many steps", spinning, { ...DEFAULT_OPTIONS, maxSteps: 100 }],
  ["a forgotten yield*", forgetful, DEFAULT_OPTIONS],
])("%s is seen after the same steps, at the same time", (_name, scenario, simulation) => {
  const [watched, unwatched] = [new Recorder(operationVerb), null].map((recorder) => {
    const ran = execute(compile(scenario), firstChooser, { time: "measured", simulation }, recorder);
    // Where the operation was forgotten only a trace knows.
    const message = ran.outcome.message.replace(/,? at .*/s, "");
    return { kind: ran.outcome.kind, message, steps: ran.simulation.steps, time: ran.simulation.now() };
  });
  expect(unwatched).toEqual(watched);
  expect(unwatched?.kind).not.toBe("finished");
});

function packetTo(destination: string): Uint8Array {
  const header = { id: 1, protocol: 17, source: 0x0a010002, destination: parseIPv4(destination) ?? 0 };
  return buildIPv4Packet(header, new Uint8Array(40));
}
