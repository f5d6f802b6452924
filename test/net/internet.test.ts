// Goal: the protocols do what the RFCs and Haiku say: ARP, routes, fragments, ICMP, loopback, TAP and TUN.
// Method: small worlds in measured time; what crossed the interfaces, and what programs saw.
import { describe, expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { route } from "#apps/route";
import { readUint16 } from "#base/bytes";
import { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, statusName } from "#base/status";
import { tunDriver } from "#drivers/tun/tun";
import type { CapturedPacket } from "#net/capture";
import { checksum } from "#net/checksum";
import { buildIcmpMessage, echoReplyTo, ICMP_ECHO_REQUEST } from "#net/icmp-message";
import { internetOf } from "#net/internet";
import { buildIPv4Packet, parseIPv4Packet } from "#net/ipv4-packet";
import { liveBuffers } from "#net/net-buffer";
import { interfacesOf } from "#net/network";
import { RTF_DEFAULT, RTF_GATEWAY } from "#net/routes";
import { connect, recvfrom, sendto } from "#net/socket-calls";
import { parseUdpDatagram } from "#net/udp-datagram";
import { O_RDWR } from "#vfs/file-calls";
import {
  CLIENT,
  NOBODY,
  numbersReceived,
  PORT,
  runWorld,
  sendNumbers,
  SERVER,
  twoHosts,
  udpSocket,
} from "../world/worlds.js";

const isArp = ({ bytes }: CapturedPacket): boolean => bytes[12] === 8 && bytes[13] === 6;
const sentBy = (host: string, packets: readonly CapturedPacket[]): CapturedPacket[] =>
  packets.filter((each) => each.host === host && each.direction === "out");

describe("ARP", () => {
  test("asks once for an address, and sends what waited in its order", () => {
    const { packets } = runWorld(twoHosts({ latencyUs: 5_000 }), function* ({ world }) {
      const server = world.host("server").team("server");
      const client = world.host("client").team("client");
      const into = yield* udpSocket(server, PORT);
      yield* sendNumbers(client, yield* udpSocket(client), 8);
      expect(yield* numbersReceived(server, into)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });
    const requests = sentBy("client", packets).filter(isArp);
    expect(requests.map(({ bytes }) => [bytes.length, [...bytes.subarray(0, 6)]])).toEqual([
      [42, [255, 255, 255, 255, 255, 255]],
    ]);
    // The server was asked, so it knows the client without asking.
    expect(sentBy("server", packets).filter(isArp)).toHaveLength(1);
  });

  test("asks five times in vain, a second apart, then refuses for twenty seconds", () => {
    const results: string[] = [];
    const { packets } = runWorld(twoHosts(), function* ({ world, kernel }) {
      const client = world.host("client").team("client");
      const fd = yield* udpSocket(client);
      const send = function* (): Generator<undefined, void, void> {
        const sent = yield* sendto(client, fd, Uint8Array.of(1), { address: NOBODY, port: PORT });
        results.push(sent === 1 ? "sent" : statusName(sent));
      };
      yield* send();
      yield* kernel.snooze(6_000_000);
      yield* send();
      yield* kernel.snooze(21_000_000);
      yield* send();
      yield* kernel.snooze(6_000_000);
      expect(liveBuffers(kernel).size).toBe(0);
    });
    expect(results).toEqual(["sent", statusName(EHOSTUNREACH), "sent"]);
    const times = sentBy("client", packets).map(({ time }) => Math.round(time / 1e6));
    expect(times).toEqual([0, 1, 2, 3, 4, 27, 28, 29, 30, 31]);
  });

  test("tells a connected socket that what waited did so in vain", () => {
    runWorld(twoHosts(), function* ({ world, kernel }) {
      const client = world.host("client").team("client");
      const fd = yield* udpSocket(client);
      yield* connect(client, fd, { address: NOBODY, port: PORT });
      expect(yield* client.write(fd, Uint8Array.of(1))).toBe(1);
      expect(yield* recvfrom(client, fd, new Uint8Array(10))).toBe(EHOSTUNREACH);
      expect(Math.round(kernel.simulation.now() / 1e6)).toBe(5);
    });
  });

  test("frees what waits when the interface goes down", () => {
    runWorld(twoHosts(), function* ({ world, kernel }) {
      const client = world.host("client").team("client");
      const fd = yield* udpSocket(client);
      yield* sendNumbers(client, fd, 3, NOBODY);
      expect(liveBuffers(kernel).size).toBeGreaterThan(0);
      yield* ifconfig(client, ["eth0", "down"]);
      yield* kernel.snooze(2_000_000);
      expect(liveBuffers(kernel).size).toBe(0);
      expect(yield* sendto(client, fd, Uint8Array.of(1), { address: SERVER, port: PORT })).toBe(ENETUNREACH);
    });
  });
});

describe("IPv4", () => {
  test("takes long packets apart and puts them together, in whatever order the fragments come", () => {
    const data = Uint8Array.from({ length: 9_000 }, (_, place) => (place * 7) & 0xff);
    const link = { reorder: 0.4, reorderDelayUs: 30_000, seed: 3, mtu: 600 };
    const { packets } = runWorld(twoHosts(link), function* ({ world }) {
      const client = world.host("client").team("client");
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      const out = yield* udpSocket(client);
      expect(yield* sendto(client, out, data, { address: SERVER, port: PORT })).toBe(9_000);
      const buffer = new Uint8Array(10_000);
      expect(yield* recvfrom(server, into, buffer)).toBe(9_000);
      expect(Buffer.from(buffer.subarray(0, 9_000)).equals(data)).toBe(true);
    });
    expect(sentBy("client", packets).filter((each) => !isArp(each))).toHaveLength(16);
    for (const { bytes } of packets) expect(bytes.length).toBeLessThanOrEqual(614);
  });

  test("writes right checksums on everything that crosses an interface", () => {
    const { packets } = runWorld(twoHosts({ mtu: 700 }), function* ({ world }) {
      const client = world.host("client").team("client");
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      const out = yield* udpSocket(client);
      yield* sendto(client, out, new Uint8Array(300).fill(0xff), { address: SERVER, port: PORT });
      yield* sendto(client, out, new Uint8Array(3_000), { address: SERVER, port: PORT });
      yield* sendto(client, out, new Uint8Array(10), { address: SERVER, port: PORT + 1 }); // nobody is there
      yield* numbersReceived(server, into);
    });
    const protocols = new Set<number>();
    for (const each of packets.filter((packet) => !isArp(packet))) {
      const packet = each.bytes.subarray(14);
      const header = parseIPv4Packet(packet);
      if (header === null) throw new Error("a malformed packet");
      protocols.add(header.protocol);
      const payload = packet.subarray(20, header.totalLength);
      if (header.protocol === 1) expect(checksum(payload)).toBe(0);
      else if (!header.moreFragments && header.offset === 0) expect(parseUdpDatagram(payload, header)).not.toBe(null);
    }
    expect([...protocols].sort((a, b) => a - b)).toEqual([1, 17]);
  });

  test("brings a packet for an address of its own back without any device", () => {
    const { packets } = runWorld(twoHosts(), function* ({ world }) {
      const client = world.host("client").team("client");
      const into = yield* udpSocket(client, PORT);
      yield* sendNumbers(client, yield* udpSocket(client), 3, CLIENT);
      expect(yield* numbersReceived(client, into)).toEqual([0, 1, 2]);
    });
    expect(packets).toEqual([]);
  });

  test("has a loopback interface for who brings it up", () => {
    const { packets } = runWorld({ hosts: { alone: { loopback: true } } }, function* ({ host }) {
      const team = host.team("team");
      const into = yield* udpSocket(team, PORT);
      yield* sendNumbers(team, yield* udpSocket(team), 2, 0x7f000001);
      expect(yield* numbersReceived(team, into)).toEqual([0, 1]);
    });
    const crossed = packets.map(({ interface: name, direction }) => `${name} ${direction}`).sort();
    expect(crossed).toEqual(["loop in", "loop in", "loop out", "loop out"]);
  });

  test("reaches everybody on the link by the broadcast addresses", () => {
    runWorld(twoHosts(), function* ({ world }) {
      const client = world.host("client").team("client");
      const server = world.host("server").team("server");
      const into = yield* udpSocket(server, PORT);
      const out = yield* udpSocket(client);
      for (const everybody of [0xffffffff, 0xc0a801ff]) yield* sendNumbers(client, out, 1, everybody);
      expect(yield* numbersReceived(server, into)).toEqual([0, 0]);
    });
  });

  test("says ENETUNREACH without a route", () => {
    runWorld(twoHosts(), function* ({ world }) {
      const client = world.host("client").team("client");
      const fd = yield* udpSocket(client);
      expect(yield* sendto(client, fd, Uint8Array.of(1), { address: 0x08080808, port: PORT })).toBe(ENETUNREACH);
    });
  });
});

describe("a router", () => {
  const definition = {
    hosts: { client: {}, router: { forwards: true }, server: {} },
    links: [
      {
        ends: [
          { host: "client", interface: "eth0", address: "192.168.1.1/24" },
          { host: "router", interface: "eth0", address: "192.168.1.254/24" },
        ],
      },
      {
        mtu: 576,
        ends: [
          { host: "router", interface: "eth1", address: "10.0.0.254/24" },
          { host: "server", interface: "eth0", address: "10.0.0.1/24" },
        ],
      },
    ],
  };
  const FAR = 0x0a000001;

  test("carries packets between hosts that are on different links, in fragments where the second link needs them", () => {
    const { packets } = runWorld(definition, function* ({ world }) {
      const client = world.host("client");
      const server = world.host("server");
      yield* defaultRoute(client.kernel, 0xc0a801fe);
      yield* defaultRoute(server.kernel, 0x0a0000fe);
      const [one, other] = [client.team("client"), server.team("server")];
      const into = yield* udpSocket(other, PORT);
      const out = yield* udpSocket(one);
      yield* sendto(one, out, new Uint8Array(1_200).fill(5), { address: FAR, port: PORT });
      const from = { address: 0, port: 0 };
      expect(yield* recvfrom(other, into, new Uint8Array(2_000), 0, from)).toBe(1_200);
      expect(from.address).toBe(CLIENT);
      yield* sendto(other, into, Uint8Array.of(9), from);
      expect(yield* numbersReceived(one, out)).toEqual([9]);
    });
    const ttl = (host: string): number | undefined =>
      packets.find((each) => each.host === host && each.direction === "in" && !isArp(each))?.bytes[22];
    expect([ttl("router"), ttl("server")]).toEqual([64, 63]);
  });

  test("sends nothing on a route that refuses, and tells the sender", () => {
    const { packets } = runWorld(definition, function* ({ world, kernel }) {
      yield* defaultRoute(kernel, 0xc0a801fe);
      const client = world.host("client").team("client");
      expect(yield* route(world.host("router").team("shell"), ["add", "eth1", "10.0.0.1", "host", "reject"])).toBe(0);
      const fd = yield* udpSocket(client);
      yield* connect(client, fd, { address: FAR, port: PORT });
      expect(yield* client.write(fd, Uint8Array.of(1))).toBe(1);
      expect(yield* recvfrom(client, fd, new Uint8Array(10))).toBe(ENETUNREACH);
    });
    expect(packets.filter(({ host }) => host === "server")).toEqual([]);
  });

  test("tells the sender of each packet for a host that does not answer ARP: after its requests, and then at once", () => {
    const { packets } = runWorld(definition, function* ({ world, kernel }) {
      yield* defaultRoute(kernel, 0xc0a801fe);
      const client = world.host("client").team("client");
      const fd = yield* udpSocket(client);
      yield* connect(client, fd, { address: FAR + 8, port: PORT });
      for (const seconds of [5, 0]) {
        const before = kernel.simulation.now();
        expect(yield* client.write(fd, Uint8Array.of(1))).toBe(1);
        expect(yield* recvfrom(client, fd, new Uint8Array(10))).toBe(EHOSTUNREACH);
        expect(Math.round((kernel.simulation.now() - before) / 1e6)).toBe(seconds);
      }
      expect(world.hosts.map((host) => liveBuffers(host.kernel).size)).toEqual([0, 0, 0]);
    });
    const errors = sentBy("router", packets).filter((each) => each.bytes[23] === 1);
    expect(errors.map(({ bytes }) => [bytes[34], bytes[35]])).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  test("tells the sender when the time to live is over", () => {
    const { packets } = runWorld(definition, function* ({ world, kernel }) {
      yield* defaultRoute(kernel, 0xc0a801fe);
      const { ipv4 } = internetOf(kernel);
      const echo = buildIcmpMessage(ICMP_ECHO_REQUEST, 0, [1, 1], new Uint8Array(8));
      yield* ipv4.send({ protocol: 1, destination: FAR, payload: () => echo, timeToLive: 1 });
      yield* kernel.snooze(1_000_000);
      expect(world.hosts).toHaveLength(3);
    });
    const errors = sentBy("router", packets).filter((each) => each.bytes[23] === 1);
    expect(errors.map(({ bytes }) => [bytes[34], bytes[35]])).toEqual([[11, 0]]);
  });
});

test("a datagram for a port that nobody has is complained about, and a connected socket is told", () => {
  runWorld(twoHosts(), function* ({ world }) {
    const client = world.host("client").team("client");
    const fd = yield* udpSocket(client);
    yield* connect(client, fd, { address: SERVER, port: PORT });
    expect(yield* client.write(fd, Uint8Array.of(1))).toBe(1);
    expect(yield* recvfrom(client, fd, new Uint8Array(10))).toBe(ECONNREFUSED);
  });
});

describe("the stack behind our tun driver", () => {
  test("answers ARP and echo requests that a program writes to a TAP", () => {
    runWorld({ hosts: { alone: { drivers: [tunDriver] } } }, function* ({ host, kernel }) {
      const app = host.team("app");
      yield* ifconfig(app, ["tap0", "10.0.0.1", "255.255.255.0", "up"]);
      const fd = yield* app.open("/dev/tap/tap0", O_RDWR);
      const mac = interfacesOf(kernel).find("tap0")?.deviceInterface.device.address ?? new Uint8Array();
      const mine = Uint8Array.of(2, 0, 0, 0, 0, 9);
      const arp = [0, 1, 8, 0, 6, 4, 0, 1, ...mine, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1];
      yield* app.write(fd, Uint8Array.of(255, 255, 255, 255, 255, 255, ...mine, 8, 6, ...arp));
      const buffer = new Uint8Array(1514);
      const length = yield* app.read(fd, buffer);
      const reply = [0, 1, 8, 0, 6, 4, 0, 2, ...mac, 10, 0, 0, 1, ...mine, 10, 0, 0, 2];
      expect([...buffer.subarray(0, length)]).toEqual([...mine, ...mac, 8, 6, ...reply]);

      const echo = buildIcmpMessage(
        ICMP_ECHO_REQUEST,
        0,
        [7, 1],
        Uint8Array.from({ length: 56 }, (_, at) => at),
      );
      const packet = buildIPv4Packet({ id: 5, protocol: 1, source: 0x0a000002, destination: 0x0a000001 }, echo);
      yield* app.write(fd, Uint8Array.of(...mac, ...mine, 8, 0, ...packet));
      const answered = yield* app.read(fd, buffer);
      expect([...buffer.subarray(34, answered)]).toEqual([...echoReplyTo(echo)]);
      expect(readUint16(buffer, 12)).toBe(0x0800);
      yield* ifconfig(app, ["--delete", "tap0"]);
      yield* app.close(fd);
    });
  });

  test("answers who only asks whether an address is taken, and remembers nothing of him", () => {
    runWorld({ hosts: { alone: { drivers: [tunDriver] } } }, function* ({ host, kernel }) {
      const app = host.team("app");
      yield* ifconfig(app, ["tap0", "10.0.0.1", "255.255.255.0", "up"]);
      const fd = yield* app.open("/dev/tap/tap0", O_RDWR);
      const mac = interfacesOf(kernel).find("tap0")?.deviceInterface.device.address ?? new Uint8Array();
      const mine = Uint8Array.of(2, 0, 0, 0, 0, 9);
      const probe = [0, 1, 8, 0, 6, 4, 0, 1, ...mine, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 1];
      yield* app.write(fd, Uint8Array.of(255, 255, 255, 255, 255, 255, ...mine, 8, 6, ...probe));
      const buffer = new Uint8Array(1514);
      const length = yield* app.read(fd, buffer);
      const reply = [0, 1, 8, 0, 6, 4, 0, 2, ...mac, 10, 0, 0, 1, ...mine, 0, 0, 0, 0];
      expect([...buffer.subarray(0, length)]).toEqual([...mine, ...mac, 8, 6, ...reply]);
      expect(yield* internetOf(kernel).arp.list()).toEqual([]);
      yield* ifconfig(app, ["--delete", "tap0"]);
      yield* app.close(fd);
    });
  });

  test("sends and receives datagrams over a TUN, without frames", () => {
    runWorld({ hosts: { alone: { drivers: [tunDriver] } } }, function* ({ host }) {
      const app = host.team("app");
      yield* ifconfig(app, ["tun0", "10.8.0.1", "255.255.255.0", "up"]);
      const fd = yield* app.open("/dev/tun/tun0", O_RDWR);
      const udp = yield* udpSocket(app, PORT);
      yield* sendto(app, udp, Uint8Array.of(1, 2, 3), { address: 0x0a080002, port: PORT });
      const buffer = new Uint8Array(1500);
      const length = yield* app.read(fd, buffer);
      expect([length, buffer[0]]).toEqual([31, 0x45]);
      // Turned round, it is an answer.
      const back = buildIPv4Packet(
        { id: 1, protocol: 17, source: 0x0a080002, destination: 0x0a080001 },
        buffer.slice(20, length),
      );
      yield* app.write(fd, back);
      expect(yield* numbersReceived(app, udp)).toEqual([1]);
    });
  });
});

function* defaultRoute(kernel: Parameters<typeof internetOf>[0], gateway: number): Generator<undefined, void, void> {
  const found = interfacesOf(kernel).find("eth0");
  if (found === null) throw new Error("no eth0");
  const flags = RTF_DEFAULT | RTF_GATEWAY;
  expect(yield* internetOf(kernel).routes.add(found, { destination: 0, mask: null, gateway, flags })).toBe(0);
}
