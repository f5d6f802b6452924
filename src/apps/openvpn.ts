// openvpn: a tunnel daemon with OpenVPN's event loop: one thread, which waits for the tunnel's device and for its UDP
// socket, and then carries one packet from one to the other.
//
//   openvpn --dev tap0 --ifconfig 10.8.0.1 255.255.255.0 [--remote 192.168.1.2] [--port 1194] [--ping 10]
//           [--dev-node /dev/tap0] [--wait poll|select] [--blocking]
//
// A side without --remote talks to whoever spoke to it last. The device is set to O_NONBLOCK, as OpenVPN does, unless
// --blocking is given. The cipher is a cost for each byte (src/kernel/costs.ts); there is no handshake and no key.
// It ends when it is killed, or when its device says B_FILE_ERROR.

import { B_FILE_ERROR, B_OK, B_WOULD_BLOCK, strerror, type Status } from "#base/status";
import { ifconfig } from "#apps/ifconfig";
import { isPing, OVERHEAD, PING_PAYLOAD, ReplayWindow, seal, unseal } from "#apps/openvpn-packet";
import type { Steps } from "#kernel/operation";
import type { SocketAddress } from "#net/datagram-socket";
import { MSG_DONTWAIT } from "#net/device-module";
import { parseIPv4 } from "#net/ipv4-address";
import { AF_INET, bind, recvfrom, sendto, SOCK_DGRAM, socket } from "#net/socket-calls";
import { O_NONBLOCK, O_RDWR, POLLERR, POLLHUP, POLLIN, POLLNVAL, F_SETFL } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

const USAGE =
  "usage: openvpn --dev NAME --ifconfig ADDRESS MASK [--remote ADDRESS] [--port N] [--ping SECONDS] [--dev-node PATH] [--wait poll|select] [--blocking]";

const PACKET_MOST = 2_048;

/** What a daemon has carried, for whoever wants to look: `openvpn` fills it. */
export interface TunnelCounters {
  /** Packets. */
  fromDevice: number;
  toDevice: number;
  fromLink: number;
  toLink: number;
  /** Packets that had come before. */
  replayed: number;
  /** Writes that were refused. */
  refused: number;
  /** Rounds of the event loop. */
  rounds: number;
}

export function newTunnelCounters(): TunnelCounters {
  return { fromDevice: 0, toDevice: 0, fromLink: 0, toLink: 0, replayed: 0, refused: 0, rounds: 0 };
}

interface Options {
  readonly device: string;
  readonly node: string;
  readonly address: string;
  readonly mask: string;
  readonly remote: SocketAddress | null;
  readonly port: number;
  /** Microseconds. */
  readonly pingInterval: number;
  readonly wait: "poll" | "select";
  readonly isBlocking: boolean;
}

/** The program's main function: `args` without the program's name. Gives the exit code. */
export function* openvpn(
  team: UserTeam,
  args: readonly string[],
  counters: TunnelCounters = newTunnelCounters(),
): Steps<number> {
  const options = parse(args);
  if (options === null) {
    team.print(USAGE);
    return 1;
  }
  const device = yield* team.open(options.node, O_RDWR);
  if (device < 0) return failed(team, `Cannot open TUN/TAP dev ${options.node}`, device);
  yield* ifconfig(team, [options.device, "inet", options.address, options.mask, "mtu", "1500", "up"]);
  if (!options.isBlocking) yield* team.fcntl(device, F_SETFL, O_NONBLOCK);
  const link = yield* socket(team, AF_INET, SOCK_DGRAM);
  const status = link < 0 ? link : yield* bind(team, link, { address: 0, port: options.port });
  if (status !== B_OK) return failed(team, "TCP/UDP: Socket bind failed on local address", status);
  team.print(`TUN/TAP device ${options.device} opened`);
  team.print("Initialization Sequence Completed");
  const ended = yield* new Tunnel(team, device, link, options, counters).run();
  team.print(`read from TUN/TAP: ${strerror(ended)} (code=${ended})`);
  return 1;
}

class Tunnel {
  readonly #team: UserTeam;
  readonly #device: number;
  readonly #link: number;
  readonly #options: Options;
  readonly #counters: TunnelCounters;
  readonly #window = new ReplayWindow();
  readonly #buffer = new Uint8Array(PACKET_MOST);
  #peer: SocketAddress | null;
  #number = 0;
  #lastSent: number;

  constructor(team: UserTeam, device: number, link: number, options: Options, counters: TunnelCounters) {
    this.#team = team;
    this.#device = device;
    this.#link = link;
    this.#options = options;
    this.#counters = counters;
    this.#peer = options.remote;
    this.#lastSent = team.kernel.systemTime();
  }

  /** The event loop. Gives what ended it. */
  *run(): Steps<Status> {
    yield* this.#send(PING_PAYLOAD); // so that a peer without --remote knows where we are
    for (;;) {
      this.#counters.rounds++;
      this.#team.compute(this.#team.kernel.costs.programRound);
      const due = this.#lastSent + this.#options.pingInterval - this.#team.kernel.systemTime();
      if (due <= 0) yield* this.#send(PING_PAYLOAD);
      const ready = yield* this.#wait(Math.max(0, due));
      // The link first, as in OpenVPN: one packet, and then everything is looked at anew.
      if (ready.link) yield* this.#fromLink();
      else if (ready.device) {
        const status = yield* this.#fromDevice();
        if (status === B_FILE_ERROR) return status;
      }
    }
  }

  *#wait(timeout: number): Steps<{ readonly link: boolean; readonly device: boolean }> {
    if (this.#options.wait === "select") {
      const read = new Set([this.#link, this.#device]);
      yield* this.#team.select({ read }, timeout);
      return { link: read.has(this.#link), device: read.has(this.#device) };
    }
    const link = { fd: this.#link, events: POLLIN, revents: 0 };
    const device = { fd: this.#device, events: POLLIN, revents: 0 };
    yield* this.#team.poll([link, device], timeout);
    return { link: isReadable(link.revents), device: isReadable(device.revents) };
  }

  *#fromLink(): Steps<void> {
    const from: SocketAddress = { address: 0, port: 0 };
    const length = yield* recvfrom(this.#team, this.#link, this.#buffer, MSG_DONTWAIT, from);
    if (length <= 0) return;
    this.#cipher(length);
    const opened = unseal(this.#buffer.subarray(0, length));
    if (opened === null) return;
    if (!this.#window.accepts(opened.number)) {
      this.#counters.replayed++;
      return;
    }
    this.#counters.fromLink++;
    if (this.#options.remote === null) this.#peer = from;
    if (isPing(opened.payload)) return;
    const written = yield* this.#team.write(this.#device, opened.payload);
    if (written < 0) this.#counters.refused++;
    else this.#counters.toDevice++;
  }

  *#fromDevice(): Steps<Status> {
    const length = yield* this.#team.read(this.#device, this.#buffer);
    if (length <= 0) return length === 0 ? B_WOULD_BLOCK : length;
    this.#counters.fromDevice++;
    yield* this.#send(this.#buffer.subarray(0, length));
    return B_OK;
  }

  #cipher(bytes: number): void {
    const { cipherPerPacket, cipherPerByte } = this.#team.kernel.costs;
    this.#team.compute(cipherPerPacket + bytes * cipherPerByte);
  }

  *#send(payload: Uint8Array): Steps<void> {
    this.#lastSent = this.#team.kernel.systemTime();
    if (this.#peer === null) return;
    this.#cipher(payload.length + OVERHEAD);
    const sent = yield* sendto(this.#team, this.#link, seal(++this.#number, payload), this.#peer);
    if (sent < 0) this.#counters.refused++;
    else this.#counters.toLink++;
  }
}

function isReadable(revents: number): boolean {
  return (revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL)) !== 0;
}

function failed(team: UserTeam, what: string, status: Status): number {
  team.print(`${what}: ${strerror(status)} (errno=${status})`);
  return 1;
}

function parse(args: readonly string[]): Options | null {
  const words = new Map<string, readonly string[]>();
  let option = "";
  for (const word of args) {
    if (word.startsWith("--")) words.set((option = word), []);
    else words.set(option, [...(words.get(option) ?? []), word]);
  }
  const one = (name: string, otherwise = ""): string => words.get(name)?.[0] ?? otherwise;
  const device = one("--dev");
  const [address, mask] = words.get("--ifconfig") ?? [];
  const port = Number(one("--port", "1194"));
  const remote = words.has("--remote") ? parseIPv4(one("--remote")) : 0;
  const wait = one("--wait", "poll");
  const pingInterval = Number(one("--ping", "10")) * 1_000_000;
  if (device === "" || address === undefined || mask === undefined || remote === null) return null;
  if (!Number.isInteger(port) || !(pingInterval > 0) || (wait !== "poll" && wait !== "select")) return null;
  const type = device.startsWith("tun") ? "tun" : "tap";
  return {
    device,
    node: one("--dev-node", `/dev/${type}/${device}`),
    address,
    mask,
    remote: remote === 0 ? null : { address: remote, port },
    port,
    pingInterval,
    wait,
    isBlocking: words.has("--blocking"),
  };
}
