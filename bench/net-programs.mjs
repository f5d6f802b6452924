// A program that writes packets into one tunnel of a router and reads them from another: each goes through write, interface, reader,
// consumer, IPv4 with its routes, interface and read. Several routers in one world share nothing but the clock.

import { ifconfig, O_RDWR, scenario } from "lockstep";
import { tunDriver } from "lockstep/drivers/tun/tun";

const HEADER = 20;
const UDP = 17;
const MASK = "255.255.255.0";
/** Packets before the clock is started, as a part of those that are measured. */
const WARM = 0.25;

/**
 * @param window how many packets are on their way at once: written in a row, then read in a row
 * @param clock `begin` and `end` are called around what is measured
 */
export function forwarding({ count, length, window, routers = 1 }, clock) {
  const names = Array.from({ length: routers }, (_, number) => `router${number}`);
  const hosts = Object.fromEntries(names.map((name) => [name, { drivers: [tunDriver], forwards: true }]));
  return scenario("packets through tunnels", {
    hosts,
    *run({ world, kernel }) {
      const ends = [];
      for (const name of names) ends.push(yield* connect(world.host(name)));
      const rounds = Math.ceil(count / window / routers);
      const threads = ends.map(({ team, pass }, place) =>
        team.spawn("program", function* () {
          yield* pass(Math.ceil(rounds * WARM), window, length);
          // All routers do the same at the same time, so the first one's clock is that of all.
          if (place === 0) clock.begin();
          yield* pass(rounds, window, length);
          if (place === 0) clock.end();
        }),
      );
      for (const thread of threads) yield* kernel.waitForThread(thread);
      for (const end of ends) yield* end.disconnect();
    },
  });
}

function* connect(host) {
  const shell = host.team("shell");
  const team = host.team("program");
  yield* ifconfig(shell, ["tun0", "10.1.0.1", MASK, "up"]);
  yield* ifconfig(shell, ["tun1", "10.2.0.1", MASK, "up"]);
  const into = yield* team.open("/dev/tun/tun0", O_RDWR);
  const from = yield* team.open("/dev/tun/tun1", O_RDWR);
  return {
    team,
    *pass(rounds, window, length) {
      const packet = ipv4Packet(length);
      const buffer = new Uint8Array(length + 1);
      for (let round = 0; round < rounds; round++) {
        for (let each = 0; each < window; each++) expect(yield* team.write(into, packet), length);
        for (let each = 0; each < window; each++) expect(yield* team.read(from, buffer), length);
      }
    },
    // What the team had open went with its last thread.
    *disconnect() {
      for (const name of ["tun0", "tun1"]) yield* ifconfig(shell, ["delete", name]);
    },
  };
}

function expect(given, wanted) {
  if (given !== wanted) throw new Error(`a call gave ${given}, and not ${wanted}`);
}

/** From 10.1.0.2 to 10.2.0.2, with a right checksum. */
function ipv4Packet(length) {
  const packet = Uint8Array.from({ length }, (_, at) => (at < HEADER ? 0 : at & 0xff));
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, length);
  view.setUint8(8, 64);
  view.setUint8(9, UDP);
  view.setUint32(12, 0x0a010002);
  view.setUint32(16, 0x0a020002);
  let sum = 0;
  for (let at = 0; at < HEADER; at += 2) sum += view.getUint16(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  view.setUint16(10, ~sum & 0xffff);
  return packet;
}
