// Goal: a link does to packets what it was told to do, and the same each time. Method: datagrams from "client" to
// "server", their times and numbers, in measured time.
import { describe, expect, test } from "vitest";
import type { LinkOptions } from "#net/link";
import { sendto } from "#net/socket-calls";
import { CLIENT, numbersReceived, PORT, runWorld, sendNumbers, SERVER, twoHosts, udpSocket } from "./worlds.js";

/** Sends `count` numbers over a link; gives what came, and the link's counters. */
function sendOver(link: LinkOptions, count: number): { received: number[]; lost: number; reordered: number } {
  let received: number[] = [];
  let counters = { lost: 0, reordered: 0 };
  runWorld(twoHosts(link), function* ({ world, kernel }) {
    const client = world.host("client").team("client");
    const server = world.host("server").team("server");
    const into = yield* udpSocket(server, PORT);
    const out = yield* udpSocket(client);
    const reader = server.spawn("reader", () => numbersReceived(server, into));
    for (let number = 0; number < count; number++) {
      yield* sendto(client, out, Uint8Array.of(number), { address: SERVER, port: PORT });
      yield* kernel.snooze(20_000);
    }
    yield* kernel.waitForThread(reader);
    received = reader.result as number[];
    counters = world.link("client-server").counters;
  });
  return { received, ...counters };
}

function arrivals(link: LinkOptions, sizes: readonly number[]): number[] {
  const { packets } = runWorld(twoHosts(link), function* ({ world, kernel }) {
    const client = world.host("client").team("client");
    const server = world.host("server").team("server");
    yield* udpSocket(server, PORT);
    const out = yield* udpSocket(client);
    yield* sendNumbers(client, out, 1); // resolves the address
    yield* kernel.snooze(100_000);
    for (const size of sizes) yield* sendto(client, out, new Uint8Array(size - 42), { address: SERVER, port: PORT });
    yield* kernel.snooze(1_000_000);
  });
  const sent = packets.filter(
    ({ host, direction, time }) => host === "client" && direction === "out" && time > 100_000,
  );
  const came = packets.filter(({ host, direction, time }) => host === "server" && direction === "in" && time > 100_000);
  expect(came).toHaveLength(sizes.length);
  return came.map(({ time }) => time - (sent[0]?.time ?? 0));
}

describe("a link", () => {
  test("takes its latency, and the time that a packet needs to leave", () => {
    const [short = 0] = arrivals({ latencyUs: 5_000, bandwidth: 1e9 }, [100]);
    expect(short).toBeGreaterThanOrEqual(5_000);
    expect(short).toBeLessThan(5_030);
    // 1000 bytes at a million bits a second: 8 ms.
    const [slow = 0] = arrivals({ latencyUs: 5_000, bandwidth: 1e6 }, [1000]);
    expect(slow).toBeGreaterThanOrEqual(13_000);
    expect(slow).toBeLessThan(13_030);
  });

  test("lets packets leave one after the other", () => {
    const times = arrivals({ latencyUs: 1_000, bandwidth: 1e6 }, [1000, 1000, 1000]);
    const gaps = times.slice(1).map((time, place) => time - (times[place] ?? 0));
    for (const gap of gaps) expect(Math.abs(gap - 8_000)).toBeLessThan(5);
  });

  test("loses the part that it was told to, the same packets for the same seed and others for another", () => {
    const first = sendOver({ loss: 0.3, seed: 4 }, 60);
    expect(first.received.length).toBeLessThan(55);
    expect(first.received.length).toBeGreaterThan(20);
    expect(sendOver({ loss: 0.3, seed: 4 }, 60)).toEqual(first);
    expect(sendOver({ loss: 0.3, seed: 5 }, 60).received).not.toEqual(first.received);
  });

  test("without loss brings every packet, once and in order", () => {
    expect(sendOver({}, 30)).toEqual({ ...sendOver({}, 30), lost: 0, reordered: 0, received: [...Array(30).keys()] });
  });

  test("holds packets up so that others overtake them, and loses none by it", () => {
    const { received, reordered } = sendOver({ reorder: 0.3, reorderDelayUs: 50_000, seed: 2 }, 40);
    expect(reordered).toBeGreaterThan(0);
    expect(received).not.toEqual([...received].sort((a, b) => a - b));
    expect([...received].sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
  });

  test("refuses what its queue has no room for, and says so to the sender", () => {
    const results: number[] = [];
    runWorld(twoHosts({ bandwidth: 1e5, queueBytes: 3_000 }), function* ({ world, kernel }) {
      const client = world.host("client").team("client");
      const out = yield* udpSocket(client);
      yield* sendNumbers(client, out, 1);
      yield* kernel.snooze(1_000_000);
      for (let packet = 0; packet < 6; packet++) {
        results.push(yield* sendto(client, out, new Uint8Array(1000), { address: SERVER, port: PORT }));
      }
    });
    expect(results.slice(0, 3)).toEqual([1000, 1000, 1000]);
    expect(results.at(-1)).toBeLessThan(0);
  });

  test("brings a frame only to the end that it is for, of however many", () => {
    const definition = {
      hosts: { client: {}, server: {}, third: {} },
      links: [
        {
          name: "lan",
          ends: [
            { host: "client", interface: "eth0", address: "192.168.1.1/24" },
            { host: "server", interface: "eth0", address: "192.168.1.2/24" },
            { host: "third", interface: "eth0", address: "192.168.1.3/24" },
          ],
        },
      ],
    };
    const { packets } = runWorld(definition, function* ({ world }) {
      const client = world.host("client").team("client");
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      yield* sendNumbers(client, yield* udpSocket(client), 2);
      expect(yield* numbersReceived(server, into)).toEqual([0, 1]);
    });
    const seen = (host: string): string[] =>
      packets.filter((each) => each.host === host && each.direction === "in").map(({ bytes }) => frameType(bytes));
    expect(seen("third")).toEqual(["arp"]); // the request for everybody
    expect(seen("server")).toEqual(["arp", "ip", "ip"]);
  });

  test("brings nothing before its time, however many CPUs wait for it", () => {
    const definition = { ...twoHosts({ latencyUs: 7_000 }), hosts: { client: { cpus: 3 }, server: { cpus: 4 } } };
    const { packets } = runWorld(definition, function* ({ world }) {
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      const client = world.host("client").team("client");
      yield* sendNumbers(client, yield* udpSocket(client), 3);
      expect(yield* numbersReceived(server, into)).toEqual([0, 1, 2]);
    });
    const times = (host: string, direction: string): number[] =>
      packets.filter((each) => each.host === host && each.direction === direction).map(({ time }) => time);
    const sent = times("client", "out");
    times("server", "in").forEach((time, place) => {
      expect(time - (sent[place] ?? 0)).toBeGreaterThanOrEqual(7_000);
      expect(time - (sent[place] ?? 0)).toBeLessThan(7_050);
    });
  });

  test("from point to point carries packets without a frame, and needs no ARP", () => {
    const { packets } = runWorld(twoHosts({ type: "point-to-point" }), function* ({ world }) {
      const client = world.host("client").team("client");
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      yield* sendNumbers(client, yield* udpSocket(client), 1);
      expect(yield* numbersReceived(server, into)).toEqual([0]);
    });
    expect(packets.map(({ host, direction, bytes }) => `${host} ${direction} ${bytes[0]}`)).toEqual([
      "client out 69",
      "server in 69",
    ]);
  });
});

test("of two hosts neither sees the other's time, teams or descriptors, and names say whose they are", () => {
  const { simulation } = runWorld(twoHosts(), function* ({ world }) {
    const client = world.host("client").team("openvpn");
    const server = world.host("server").team("openvpn");
    expect(yield* udpSocket(client)).toBe(0);
    expect(yield* udpSocket(server)).toBe(0);
    expect(CLIENT).not.toBe(SERVER);
  });
  const titles = simulation.threads.map(({ title }) => title);
  expect(titles).toContain("client: eth0 reader");
  expect(titles).toContain("server: eth0 reader");
  expect(titles).toContain("client: main");
});

function frameType(bytes: Uint8Array): string {
  return bytes[13] === 6 ? "arp" : "ip";
}
