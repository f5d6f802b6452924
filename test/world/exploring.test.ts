// Goal: small worlds can be explored: every order of what two hosts do, every loss and every overtaking.
// Method: the set of ends over all schedules; the search must be exhausted.
import { describe, expect, test } from "vitest";
import { explore, type ExploreResult } from "#explore/explorer";
import type { StrategyName } from "#explore/strategy";
import { Shared } from "#sync/shared";
import { localHardwareAddress } from "#net/ethernet";
import { Link, type LinkOptions } from "#net/link";
import { Port } from "#net/port";
import { Kernel as Host } from "#kernel/kernel";
import type { Simulation } from "#kernel/simulation";

/** Two packets from one host to another, whose reader takes what comes until the port is switched off. */
function twoPackets(link: LinkOptions, seen: (text: string) => void) {
  return (simulation: Simulation) => {
    const wire = new Link("wire", link);
    const [from, to] = ["client", "server"].map((name) => {
      const kernel = new Host(simulation, { name, isOneOfSeveral: true });
      return new Port(kernel, "eth0", wire, localHardwareAddress(name));
    }) as [Port, Port];
    const came = new Shared<readonly number[]>(to.kernel, [], "came");
    to.kernel.spawn("reader", () => read(to, came), { daemon: true });
    from.kernel.spawn("sender", function* () {
      yield* to.switch(true);
      yield* from.switch(true);
      for (const number of [1, 2]) yield* from.transmit(frameTo(to, number));
    });
    return () => {
      seen(came.value.join(" ") || "nothing");
    };
  };
}

function* read(port: Port, came: Shared<readonly number[]>): Generator<undefined, void, void> {
  while (came.value.length < 2) {
    const received = yield* port.receive();
    if (typeof received !== "number") came.value = [...came.value, received[14] ?? 0];
    else yield* port.kernel.snooze(10_000);
  }
}

function frameTo(port: Port, number: number): Uint8Array {
  const frame = new Uint8Array(60);
  frame.set(port.hardwareAddress);
  frame[14] = number;
  return frame;
}

function endsOf(link: LinkOptions, strategy: StrategyName): { ends: string[]; result: ExploreResult } {
  const ends = new Set<string>();
  const result = explore(
    twoPackets(link, (text) => ends.add(text)),
    { strategy, maxExecutions: 20_000 },
  );
  return { ends: [...ends].sort(), result };
}

describe.each<StrategyName>(["sleep", "dpor", "dfs"])("with %s", (strategy) => {
  test("packets come in their order", () => {
    const { ends, result } = endsOf({}, strategy);
    expect(ends).toEqual(["1 2"]);
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });

  test("each packet may be lost where the link loses any", () => {
    const { ends, result } = endsOf({ loss: 0.01 }, strategy);
    expect(ends).toEqual(["1", "1 2", "2", "nothing"]);
    expect(result.exhausted).toBe(true);
  });

  test("each packet may overtake where the link reorders any", () => {
    const { ends, result } = endsOf({ reorder: 0.01 }, strategy);
    expect(ends).toEqual(["1 2", "2 1"]);
    expect(result.exhausted).toBe(true);
  });
});
