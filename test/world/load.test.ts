// Goal: under load our driver loses nothing that it has not counted, and mixes nothing up, whatever happens meanwhile.
// Method: random programs at both ends of several tunnels, with every schedule drawn by lot: bursts longer than a queue,
// wrong packets, buffers too short, ends that are closed, taken over and opened again. Each packet says where it belongs,
// so whoever gets it sees what is wrong with it. The same with the stack at one end, which is the scenario vpn-soak, in measured time.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "#base/prng";
import { B_OK, B_WOULD_BLOCK } from "#base/status";
import { TUNGETCOUNTERS, type TunCounters } from "#drivers/tun/ioctl";
import { QUEUE_PACKETS_MOST } from "#drivers/tun/packet-queue";
import { tunDriver } from "#drivers/tun/tun";
import { execute } from "#explore/execution";
import { firstChooser, type Chooser } from "#kernel/chooser";
import { DEFAULT_COSTS, scaleCosts } from "#kernel/costs";
import type { Steps } from "#kernel/operation";
import { DEFAULT_OPTIONS } from "#kernel/options";
import { compile, measuredSimulationOf } from "#scenario/compile";
import { scenario, type ScenarioContext } from "#scenario/types";
import soak from "#scenarios/vpn-soak";
import { O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";
import { PATHS, Program, Tunnel, type Account, type Act, type Actor } from "./load-programs.js";

const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant("write" as const), count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.constant({ act: "write" as const, count: QUEUE_PACKETS_MOST + 5 }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("read" as const),
      count: fc.integer({ min: 1, max: 8 }),
      most: fc.constantFrom(64, 64, 2_048),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom("write wrong" as const, "reopen" as const, "hang up" as const, "close under" as const),
    }),
  },
);

const actors: fc.Arbitrary<readonly Actor[]> = fc.array(
  fc.record({
    node: fc.nat(PATHS.length - 1),
    side: fc.constantFrom("app" as const, "interface" as const),
    acts: fc.array(acts, { minLength: 1, maxLength: 5 }),
  }),
  { minLength: 2, maxLength: 7 },
);

/** All programs, side by side; then what is left is read, and the accounts are held to the driver's counters. */
function* everybody({ host, kernel }: ScenarioContext, cast: readonly Actor[], total: Account): Steps<void> {
  const tunnels = PATHS.map((_path, number) => new Tunnel(number));
  // Keeps the nodes, and so their counters, alive; and is one more reader, who reads late.
  const watcher = host.team("watcher");
  const watching: number[] = [];
  for (const { path } of tunnels) watching.push(yield* watcher.open(path, O_RDWR | O_NONBLOCK));
  const threads = cast.map((actor, number) => {
    const team = host.team(`program ${number}`);
    const tunnel = tunnels[actor.node] ?? new Tunnel(actor.node);
    return team.spawn("program", () => new Program(tunnel, number, actor, team).run());
  });
  for (const thread of threads) yield* kernel.waitForThread(thread);
  for (const [place, tunnel] of tunnels.entries()) {
    const fd = watching[place] ?? -1;
    yield* drain(watcher, fd, tunnel);
    const counters: TunCounters = {};
    expect(yield* watcher.ioctl(fd, TUNGETCOUNTERS, counters)).toBe(B_OK);
    for (const [counted, account] of [
      [counters.toApp, tunnel.app],
      [counters.toInterface, tunnel.interface],
    ] as const) {
      const { written, arrived, cut } = account;
      expect(counted).toEqual({ delivered: arrived, truncated: cut, dropped: written - arrived });
      total.written += written;
      total.arrived += arrived;
      total.cut += cut;
    }
    expect(yield* watcher.close(fd)).toBe(B_OK);
  }
}

function* drain(team: UserTeam, fd: number, tunnel: Tunnel): Steps<void> {
  const buffer = new Uint8Array(2_048);
  const last = new Map<number, number>();
  for (;;) {
    const length = yield* team.read(fd, buffer);
    if (length === B_WOULD_BLOCK) return;
    tunnel.arrived("app", buffer.subarray(0, length), buffer.length, last);
  }
}

/** Goes on with the same thread, or takes any other one, once in `every` steps. */
function lots(seed: number, every: number): Chooser {
  const prng = new Prng(seed);
  return {
    pickThread: (_candidates, count) => (count > 1 && prng.below(every) === 0 ? prng.below(count) : 0),
    pickValue: (count) => prng.below(count),
  };
}

test("programs at both ends: each packet comes out whole, once, in order and where it belongs, or is counted as dropped", () => {
  const total: Account = { written: 0, arrived: 0, cut: 0 };
  const property = fc.property(actors, fc.nat(), fc.integer({ min: 1, max: 20 }), (cast, seed, every) => {
    const program = compile(
      scenario("load", { drivers: [tunDriver], run: (context) => everybody(context, cast, total) }),
    );
    const simulation = { ...DEFAULT_OPTIONS, maxSteps: 200_000 };
    // Leaks of any kind are an outcome of their own.
    const { outcome } = execute(program, lots(seed, every), { time: "adversarial", simulation });
    expect(outcome).toMatchObject({ kind: "finished", message: "" });
  });
  fc.assert(property, { numRuns: 150, seed: 20 });
  // Nothing of this was empty.
  expect(total.arrived).toBeGreaterThan(500);
  expect(total.cut).toBeGreaterThan(50);
  expect(total.written - total.arrived).toBeGreaterThan(500);
});

test("the stack at one end: any number of interfaces, writers and CPUs, whatever things cost", () => {
  const property = fc.property(
    fc.record({ interfaces: fc.integer({ min: 1, max: 4 }), writers: fc.integer({ min: 1, max: 4 }) }),
    fc.constantFrom(1, 2, 4),
    fc.constantFrom(0.5, 1, 2, 10),
    (numbers, cpus, factor) => {
      // Each interface goes down and up after three seconds.
      const parameters = { seconds: 4, ...numbers };
      const costs = scaleCosts(DEFAULT_COSTS, factor);
      const scaled = { ...soak, definition: { ...soak.definition, costs } };
      const { outcome } = execute(compile(scaled, { parameters, cpus }), firstChooser, {
        time: "measured",
        simulation: { ...DEFAULT_OPTIONS, ...measuredSimulationOf(soak, parameters) },
        costs,
      });
      expect(outcome).toMatchObject({ kind: "finished", message: "" });
    },
  );
  fc.assert(property, { numRuns: 4, seed: 20 });
});
