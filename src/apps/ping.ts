// ping: echo requests at an interval, and what comes back, in the words of BSD's ping, which is Haiku's.
//
//   ping [-c count] [-i seconds] [-s bytes] [-W milliseconds] [-q] address
//
// One thread, as there: it sends, and polls its socket until it is time to send again. After the last request it waits for
// twice the longest round trip, a second at least, or -W (10 s) if nothing has come at all.

import { readUint16, readUint32, writeUint32 } from "#base/bytes";
import { strerror } from "#base/status";
import type { Steps } from "#kernel/operation";
import { checksum } from "#net/checksum";
import { buildIcmpMessage, ICMP_ECHO_REPLY, ICMP_ECHO_REQUEST, ICMP_HEADER_LENGTH } from "#net/icmp-message";
import { formatIPv4, parseIPv4, type IPv4Address } from "#net/ipv4-address";
import { parseIPv4Packet } from "#net/ipv4-packet";
import { MSG_DONTWAIT } from "#net/device-module";
import { AF_INET, recvfrom, sendto, SOCK_RAW, socket } from "#net/socket-calls";
import { POLLIN } from "#vfs/file-calls";
import { measurementsOf } from "#vfs/measurements";
import type { UserTeam } from "#vfs/user-team";

const USAGE = "usage: ping [-q] [-c count] [-i wait] [-s packetsize] [-W waittime] host";

/** Bytes of the time stamp at the front of the data: without room for it there are no times. */
const STAMP_LENGTH = 8;

/** What a ping has counted; times in milliseconds. */
export interface PingStatistics {
  transmitted: number;
  received: number;
  duplicates: number;
  /** In the order in which the replies came. */
  times: number[];
}

interface Options {
  readonly host: IPv4Address;
  /** 0 for ever. */
  readonly count: number;
  /** Microseconds. */
  readonly interval: number;
  readonly waitTime: number;
  /** Bytes. */
  readonly size: number;
  readonly isQuiet: boolean;
}

/** What has been counted so far, for whoever wants more than the lines: `ping` fills it. */
export function newPingStatistics(): PingStatistics {
  return { transmitted: 0, received: 0, duplicates: 0, times: [] };
}

/**
 * The program's main function: `args` without the program's name. Gives the exit code: 0 when something came back,
 * 2 when nothing did, 64 for wrong arguments.
 */
export function* ping(
  team: UserTeam,
  args: readonly string[],
  statistics: PingStatistics = newPingStatistics(),
): Steps<number> {
  const options = parse(args);
  if (options === null) {
    team.print(USAGE);
    return 64;
  }
  const fd = yield* socket(team, AF_INET, SOCK_RAW, 1);
  if (fd < 0) {
    team.print(`ping: socket: ${strerror(fd)}`);
    return 71;
  }
  const address = formatIPv4(options.host);
  team.print(`PING ${address} (${address}): ${options.size} data bytes`);
  const pinger = new Pinger(team, fd, options, statistics);
  yield* pinger.run();
  yield* team.close(fd);
  for (const line of summary(address, statistics)) team.print(line);
  return statistics.received > 0 ? 0 : 2;
}

class Pinger {
  readonly #team: UserTeam;
  readonly #fd: number;
  readonly #options: Options;
  readonly #statistics: PingStatistics;
  readonly #seen = new Set<number>();
  readonly #buffer = new Uint8Array(0x10000);
  /** What every request carries, but for the time. */
  readonly #pattern: Uint8Array;

  constructor(team: UserTeam, fd: number, options: Options, statistics: PingStatistics) {
    this.#team = team;
    this.#fd = fd;
    this.#options = options;
    this.#statistics = statistics;
    this.#pattern = Uint8Array.from({ length: options.size }, (_, place) => place & 0xff);
  }

  *run(): Steps<void> {
    const { count } = this.#options;
    let { interval } = this.#options;
    let isAlmostDone = false;
    let last = yield* this.#send();
    for (;;) {
      const left = Math.max(0, last + interval - this.#now());
      const asked = { fd: this.#fd, events: POLLIN, revents: 0 };
      if ((yield* this.#team.poll([asked], left)) > 0) {
        yield* this.#receive();
        if (count > 0 && this.#statistics.received >= count) return;
        continue;
      }
      if (count === 0 || this.#statistics.transmitted < count) last = yield* this.#send();
      else {
        if (isAlmostDone) return;
        isAlmostDone = true;
        interval = this.#lastWait();
      }
    }
  }

  #now(): number {
    return this.#team.kernel.systemTime();
  }

  #lastWait(): number {
    const { times, received } = this.#statistics;
    return received === 0 ? this.#options.waitTime : Math.max(1_000_000, 2_000 * Math.max(...times));
  }

  // Gives when it was sent.
  *#send(): Steps<number> {
    const { host, size } = this.#options;
    const now = this.#now();
    const data = this.#pattern.slice();
    if (size >= STAMP_LENGTH) {
      writeUint32(data, 0, Math.floor(now / 1_000_000));
      writeUint32(data, 4, now % 1_000_000);
    }
    const sequence = this.#statistics.transmitted & 0xffff;
    const message = buildIcmpMessage(ICMP_ECHO_REQUEST, 0, [this.#team.id, sequence], data);
    this.#statistics.transmitted++;
    this.#seen.delete(sequence);
    const sent = yield* sendto(this.#team, this.#fd, message, { address: host, port: 0 });
    if (sent < 0) this.#team.print(`ping: sendto: ${strerror(sent)}`);
    return now;
  }

  *#receive(): Steps<void> {
    const length = yield* recvfrom(this.#team, this.#fd, this.#buffer, MSG_DONTWAIT);
    const header = length > 0 ? parseIPv4Packet(this.#buffer.subarray(0, length)) : null;
    if (header === null || length < header.headerLength + ICMP_HEADER_LENGTH) return;
    const { headerLength } = header;
    const message = this.#buffer.subarray(headerLength, length);
    const isOurs = message[0] === ICMP_ECHO_REPLY && readUint16(message, 4) === this.#team.id;
    if (!isOurs || checksum(message) !== 0) return;
    this.#count(message, this.#buffer[8] ?? 0, formatIPv4(readUint32(this.#buffer, 12)));
  }

  #count(message: Uint8Array, timeToLive: number, from: string): void {
    const sequence = readUint16(message, 6);
    const isDuplicate = this.#seen.has(sequence);
    this.#seen.add(sequence);
    if (isDuplicate) this.#statistics.duplicates++;
    else this.#statistics.received++;
    let time = "";
    if (message.length >= ICMP_HEADER_LENGTH + STAMP_LENGTH) {
      const sent = readUint32(message, ICMP_HEADER_LENGTH) * 1_000_000 + readUint32(message, ICMP_HEADER_LENGTH + 4);
      const milliseconds = (this.#now() - sent) / 1_000;
      if (!isDuplicate) this.#statistics.times.push(milliseconds);
      if (!isDuplicate) measurementsOf(this.#team.kernel).time("ping", milliseconds * 1_000);
      time = ` time=${milliseconds.toFixed(3)} ms`;
    }
    if (this.#options.isQuiet) return;
    const duplicate = isDuplicate ? " (DUP!)" : "";
    this.#team.print(`${message.length} bytes from ${from}: icmp_seq=${sequence} ttl=${timeToLive}${time}${duplicate}`);
  }
}

function summary(address: string, { transmitted, received, duplicates, times }: PingStatistics): string[] {
  const loss = transmitted === 0 ? "" : `, ${(((transmitted - received) * 100) / transmitted).toFixed(1)}% packet loss`;
  const twice = duplicates === 0 ? "" : `, +${duplicates} duplicates`;
  const lines = [
    "",
    `--- ${address} ping statistics ---`,
    `${transmitted} packets transmitted, ${received} packets received${twice}${loss}`,
  ];
  if (times.length === 0) return lines;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const variance = times.reduce((sum, time) => sum + time * time, 0) / times.length - average * average;
  const numbers = [Math.min(...times), average, Math.max(...times), Math.sqrt(Math.max(0, variance))];
  lines.push(`round-trip min/avg/max/stddev = ${numbers.map((each) => each.toFixed(3)).join("/")} ms`);
  return lines;
}

function parse(args: readonly string[]): Options | null {
  const values = { "-c": 0, "-i": 1, "-s": 56, "-W": 10_000 };
  let isQuiet = false;
  let host: IPv4Address | null = null;
  for (let place = 0; place < args.length; place++) {
    const word = args[place] ?? "";
    if (word === "-q") isQuiet = true;
    else if (word === "-n") continue;
    else if (word in values) {
      const value = Number(args[++place]);
      if (!(value >= 0) || value > 65_507_000) return null;
      values[word as keyof typeof values] = value;
    } else if (host === null && parseIPv4(word) !== null) host = parseIPv4(word);
    else return null;
  }
  if (host === null || !Number.isInteger(values["-c"]) || !Number.isInteger(values["-s"]) || values["-s"] > 65_507)
    return null;
  return {
    host,
    count: values["-c"],
    interval: values["-i"] * 1_000_000,
    waitTime: values["-W"] * 1_000,
    size: values["-s"],
    isQuiet,
  };
}
