// Goal: a router sends on what RFC 1812 wants sent on, as it wants it, and nothing else. Method: packets are written into one
// tunnel of a host that forwards, and read from another one, and from the first, where complaints come back.
import { expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { readUint32, writeUint32 } from "#base/bytes";
import { tunDriver } from "#drivers/tun/tun";
import { execute } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import type { Steps } from "#kernel/operation";
import { checksum } from "#net/checksum";
import { buildIcmpMessage, ICMP_ECHO_REQUEST } from "#net/icmp-message";
import { recordedRoute } from "#net/ipv4-options";
import { buildIPv4Packet, parseIPv4Packet, type NewHeader } from "#net/ipv4-packet";
import { compile } from "#scenario/compile";
import { scenario } from "#scenario/types";
import { O_NONBLOCK, O_RDWR, POLLIN } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

const HERE = 0x0a080002; // 10.8.0.2, behind tap0
const THERE = 0x0a090005; // 10.9.0.5, behind tun1
const ROUTER = 0x0a080001;
const ROUTER_THERE = 0x0a090001;

const header = (more: Partial<NewHeader> = {}): NewHeader => ({
  id: 7,
  protocol: 1,
  source: HERE,
  destination: THERE,
  ...more,
});
const echo = (bytes: number): Uint8Array => buildIcmpMessage(ICMP_ECHO_REQUEST, 0, [1, 1], new Uint8Array(bytes));

const ARP = "0001080006040001" + "02005e100001" + "0a080002" + "000000000000" + "0a080001";
const inFrame = (packet: Uint8Array, destination: "router" | "everybody"): Uint8Array => {
  const frame = new Uint8Array(14 + packet.length);
  frame.fill(0xff, 0, 6);
  if (destination === "router") frame.set(ROUTER_HARDWARE);
  frame.set([2, 0, 0x5e, 0x10, 0, 1], 6);
  frame.set([8, 0], 12);
  frame.set(packet, 14);
  return frame;
};
const ROUTER_HARDWARE = new Uint8Array(6);

/** What comes out of tun1, and what comes back out of tap0, both without frames, for each of these packets. */
function forward(
  packets: readonly Uint8Array[],
  frames: "router" | "everybody" = "router",
): { readonly out: readonly Uint8Array[]; readonly back: readonly Uint8Array[] }[] {
  const results: { out: Uint8Array[]; back: Uint8Array[] }[] = [];
  const all = function* (team: UserTeam, fd: number): Steps<Uint8Array[]> {
    const read: Uint8Array[] = [];
    const buffer = new Uint8Array(2_000);
    while ((yield* team.poll([{ fd, events: POLLIN, revents: 0 }], 50_000)) > 0) {
      read.push(buffer.slice(0, yield* team.read(fd, buffer)));
    }
    return read;
  };
  const run = function* (team: UserTeam): Steps<void> {
    const tap = yield* team.open("/dev/tap/tap0", O_RDWR | O_NONBLOCK);
    const tun = yield* team.open("/dev/tun/tun1", O_RDWR | O_NONBLOCK);
    yield* ifconfig(team, ["tap0", "10.8.0.1", "255.255.255.0", "up"]);
    yield* ifconfig(team, ["tun1", "10.9.0.1", "255.255.255.0", "mtu", "600", "up"]);
    const request = new Uint8Array(Buffer.from(`ffffffffffff02005e1000010806${ARP}`, "hex"));
    yield* team.write(tap, request);
    ROUTER_HARDWARE.set((yield* all(team, tap))[0]?.subarray(6, 12) ?? []);
    for (const packet of packets) {
      yield* team.write(tap, inFrame(packet, frames));
      const out = yield* all(team, tun);
      results.push({ out, back: (yield* all(team, tap)).map((frame) => frame.subarray(14)) });
    }
    for (const name of ["tap0", "tun1"]) yield* ifconfig(team, ["delete", name]);
    for (const fd of [tap, tun]) yield* team.close(fd);
  };
  const world = scenario("test", {
    drivers: [tunDriver],
    hosts: { router: { forwards: true } },
    run: ({ host }) => run(host.team("program")),
  });
  const { outcome } = execute(compile(world), firstChooser, { time: "measured" });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
  return results;
}

test("a packet goes on with one hop less, and all else as it was", () => {
  const packet = buildIPv4Packet(header({ typeOfService: 0x28, timeToLive: 9 }), echo(20));
  const [result] = forward([packet]);
  const wanted = buildIPv4Packet(header({ typeOfService: 0x28, timeToLive: 8 }), echo(20));
  expect(result).toEqual({ out: [wanted], back: [] });
});

test("one that is too long goes on in fragments, each with its type of service and the options that belong there", () => {
  const route = Uint8Array.of(0x07, 7, 4, 0, 0, 0, 0, 0); // a route with room for one
  const [result] = forward([buildIPv4Packet(header({ typeOfService: 0x28, options: route }), echo(1_000))]);
  const out = result?.out.map((packet) => parseIPv4Packet(packet));
  expect(out?.map((each) => [each?.offset, each?.moreFragments, each?.typeOfService])).toEqual([
    [0, true, 0x28],
    [568, false, 0x28],
  ]);
  expect(out?.map((each) => [...(each?.options ?? [])])).toEqual([
    [7, 7, 8, 10, 9, 0, 1, 0],
    [1, 1, 1, 1, 1, 1, 1, 0],
  ]);
});

test("a recorded route gets the router's address on the way out, and the header its checksum", () => {
  const route = new Uint8Array(12).fill(0);
  route.set([7, 11, 8]);
  writeUint32(route, 3, 0x01020304);
  const [result] = forward([buildIPv4Packet(header({ options: route }), echo(20))]);
  const packet = result?.out[0] ?? new Uint8Array(0);
  expect(checksum(packet, 0, 32)).toBe(0);
  expect(recordedRoute(parseIPv4Packet(packet)?.options ?? route)).toEqual([0x01020304, ROUTER_THERE]);
});

test("a malformed option is complained about, at the place where it is wrong", () => {
  const options = Uint8Array.of(1, 7, 9, 4); // nine bytes are said, three are there
  const [result] = forward([buildIPv4Packet(header({ options }), echo(20))]);
  expect(result?.out).toEqual([]);
  const complaint = result?.back[0] ?? new Uint8Array(0);
  expect([complaint.length, complaint[20], complaint[21], complaint[24]]).toEqual([20 + 8 + 52, 12, 0, 21]);
  expect(readUint32(complaint, 12)).toBe(ROUTER);
});

test("what came in a frame for everybody goes nowhere, and nobody hears of it, whatever it is", () => {
  const packets = [header(), header({ timeToLive: 1 }), header({ destination: 0x0b000001 })];
  const results = forward(
    packets.map((each) => buildIPv4Packet(each, echo(20))),
    "everybody",
  );
  expect(results).toEqual(packets.map(() => ({ out: [], back: [] })));
});

test("packets with addresses that no packet on a network has go nowhere, and nobody hears of them", () => {
  const odd: Partial<NewHeader>[] = [
    { source: 0x7f000001 },
    { source: 0xe0000001 },
    { source: 0xffffffff },
    { source: 0 },
    { destination: 0x7f000001 },
    { destination: 0xe0000005 },
    { destination: 0 },
  ];
  const results = forward(odd.map((each) => buildIPv4Packet(header(each), echo(20))));
  expect(results).toEqual(odd.map(() => ({ out: [], back: [] })));
});
