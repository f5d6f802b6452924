// What runs in vpn-soak, interface by interface: programs that write and read, a part of the stack that sends and
// receives, and the account of every packet.
//
// A packet says which lane it is of (an interface, a direction, a writer) and which number it has there; its length and
// all its bytes follow from that. So whoever gets it sees at once if it is another's, twice there, out of order, merged,
// split or damaged. (Notes of observers: no thread goes by them before all is over.) Its headers are well formed, of an
// experiment's kind, so that a capture of all this can be read.
// Each direction of an interface is an account: what was written is what came out and what was counted as dropped.

import { ifconfig } from "#apps/ifconfig";
import { readUint32, writeUint16, writeUint32 } from "#base/bytes";
import { B_BAD_DATA, B_BAD_VALUE, B_FILE_ERROR, B_IO_ERROR, B_OK, EMSGSIZE, ENOBUFS, type Status } from "#base/status";
import { TUNGETCOUNTERS, type QueueCounters, type TunCounters } from "#drivers/tun/ioctl";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { NetBuffer } from "#net/net-buffer";
import { interfacesOf, registerHandler, sendFrame } from "#net/network";
import type { UserTeam } from "#vfs/user-team";

/** An Ethernet type and an IP protocol for experiments; a tunnel without frames carries IP of version 6. */
const FRAME_TYPE = 0x88b5;
const IPV6 = 0x86dd;
const EXPERIMENT = 253;
const ETHERNET_HEADER = 14;
const IPV6_HEADER = 40;
/** Lane, number. */
const LABEL = 8;
const LENGTH_LEAST = IPV6_HEADER + LABEL;
const LENGTH_MOST = 1_400;

/** Statuses by which a write says that the packet is counted as dropped. */
const COUNTED: readonly Status[] = [ENOBUFS, B_IO_ERROR];

/** What was seen of one direction of an interface. */
export interface Account {
  /** Taken by the driver. */
  taken: number;
  /** Refused, and counted as dropped. */
  refused: number;
  /** Came out at the other side. */
  arrived: number;
  cut: number;
}

/** One interface, with everything that uses it. */
export class Lane {
  readonly name: string;
  readonly toInterface: Account = { taken: 0, refused: 0, arrived: 0, cut: 0 };
  readonly toApp: Account = { taken: 0, refused: 0, arrived: 0, cut: 0 };
  /** Packets that neither arrived nor were counted as dropped. */
  unaccounted = 0;
  /** The first thing that was wrong; null while all is well. */
  complaint: string | null = null;
  readonly #kernel: Kernel;
  readonly #index: number;
  readonly #isTap: boolean;
  /** Bytes before the label. */
  readonly #header: number;
  /** The number that each writer's next packet has, and the last that came: by direction and writer. */
  readonly #next = new Map<number, number>();
  readonly #last = new Map<number, number>();
  readonly #buffer = new Uint8Array(2_048);

  constructor(kernel: Kernel, index: number) {
    this.#kernel = kernel;
    this.#index = index;
    this.#isTap = index % 2 === 0;
    this.#header = this.#isTap ? ETHERNET_HEADER : IPV6_HEADER;
    this.name = `${this.#isTap ? "tap" : "tun"}${index}`;
  }

  get path(): string {
    return `/dev/${this.#isTap ? "tap" : "tun"}/${this.name}`;
  }

  /** Brings the interface up, and has its packets shown to us. */
  *up(shell: UserTeam): Steps<void> {
    yield* ifconfig(shell, [this.name, "mtu", "1500"]); // which makes it, and leaves it down
    const type = this.#isTap ? FRAME_TYPE : IPV6;
    yield* registerHandler(this.#kernel, this.name, type, (buffer) => this.#received(buffer));
    yield* ifconfig(shell, [this.name, "up"]);
  }

  /** A program's writer: `count` packets in one go. */
  *write(app: UserTeam, descriptor: number, writer: number, count: number): Steps<void> {
    for (let each = 0; each < count; each++) {
      const written = yield* app.write(descriptor, this.#packet(writer));
      if (written > 0) this.toInterface.taken++;
      else if (COUNTED.includes(written)) this.toInterface.refused++;
      else this.#wrong(`a write gave ${written}`);
    }
  }

  /** What is no packet is refused, and does no harm. */
  *writeWrong(app: UserTeam, descriptor: number): Steps<void> {
    const wrong = this.#isTap ? new Uint8Array(ETHERNET_HEADER - 1) : Uint8Array.of(0x50, 0, 0, 0);
    const status = yield* app.write(descriptor, wrong);
    if (status !== (this.#isTap ? B_BAD_VALUE : B_BAD_DATA)) this.#wrong(`a wrong packet gave ${status}`);
    const long = yield* app.write(descriptor, new Uint8Array(20_000));
    if (long !== EMSGSIZE) this.#wrong(`a packet too long gave ${long}`);
  }

  /** The stack sends: `count` packets in one go. */
  *send(writer: number, count: number): Steps<void> {
    for (let each = 0; each < count; each++) {
      const packet = this.#packet(writer);
      const status = yield* sendFrame(this.#kernel, this.name, packet);
      if (status === B_OK) this.toApp.taken++;
      else {
        if (COUNTED.includes(status)) this.toApp.refused++;
        // Down or deleted: the packet never came to the driver, and its number is given again.
        else this.#next.set(writer, (this.#next.get(writer) ?? 1) - 1);
      }
    }
  }

  /** A program's reader: one packet, into a buffer of `most` bytes. Gives what read gave. */
  *read(app: UserTeam, descriptor: number, most: number): Steps<number> {
    const buffer = this.#buffer.subarray(0, most);
    const length = yield* app.read(descriptor, buffer);
    if (length >= 0) this.#arrived(this.toApp, buffer.subarray(0, length), true);
    else if (length !== B_FILE_ERROR) this.#wrong(`a read gave ${length}`);
    return length;
  }

  /** Compares what was seen with what the driver has counted. */
  *settle(app: UserTeam, descriptor: number): Steps<void> {
    const counters: TunCounters = {};
    yield* app.ioctl(descriptor, TUNGETCOUNTERS, counters);
    this.#compare("to the app", this.toApp, counters.toApp);
    this.#compare("to the interface", this.toInterface, counters.toInterface);
  }

  #compare(where: string, account: Account, counted: QueueCounters | undefined): void {
    if (counted === undefined) return this.#wrong("the driver gave no counters");
    const written = account.taken + account.refused;
    this.unaccounted += Math.abs(written - account.arrived - counted.dropped);
    if (written !== counted.delivered + counted.dropped) {
      this.#wrong(
        `${where} ${written} packets were written, ${counted.delivered} delivered, ${counted.dropped} dropped`,
      );
    }
    if (account.arrived !== counted.delivered) {
      this.#wrong(`${where} ${account.arrived} packets came out, and ${counted.delivered} were delivered`);
    }
    if (account.cut !== counted.truncated)
      this.#wrong(`${where} ${account.cut} were cut, ${counted.truncated} counted`);
  }

  *#received(buffer: NetBuffer): Steps<Status> {
    if (buffer.linkHeader !== null) buffer.addHeader(ETHERNET_HEADER);
    this.#arrived(this.toInterface, buffer.bytes, false);
    buffer.free();
    return B_OK;
  }

  #packet(writer: number): Uint8Array {
    const number = this.#next.get(writer) ?? 0;
    this.#next.set(writer, number + 1);
    const bytes = new Uint8Array(lengthOf(writer, number)).fill(number);
    if (this.#isTap) this.#writeFrameHeader(bytes, writer);
    else this.#writePacketHeader(bytes, writer);
    writeUint32(bytes, this.#header, this.#index * 0x100 + writer);
    writeUint32(bytes, this.#header + 4, number);
    return bytes;
  }

  // A frame for everybody, from a local address.
  #writeFrameHeader(bytes: Uint8Array, writer: number): void {
    bytes.fill(0xff, 0, 6).set([2, 0, 0, 0, this.#index, writer], 6);
    writeUint16(bytes, 12, FRAME_TYPE);
  }

  // From fd00::INDEX:WRITER to all nodes of the link, ff02::1.
  #writePacketHeader(bytes: Uint8Array, writer: number): void {
    bytes.fill(0, 0, IPV6_HEADER);
    bytes[0] = 0x60;
    writeUint16(bytes, 4, bytes.length - IPV6_HEADER);
    bytes.set([EXPERIMENT, 1, 0xfd], 6);
    bytes.set([this.#index, 0, writer], 21);
    bytes.set([0xff, 2], 24);
    bytes[39] = 1;
  }

  #arrived(account: Account, bytes: Uint8Array, toApp: boolean): void {
    account.arrived++;
    if (bytes.length < LENGTH_LEAST) return this.#wrong(`a packet of ${bytes.length} bytes`);
    const label = readUint32(bytes, this.#header);
    const writer = label & 0xff;
    const number = readUint32(bytes, this.#header + 4);
    if (label >> 8 !== this.#index) return this.#wrong(`a packet of interface ${label >> 8}`);
    if (writer >= FIRST_SENDER !== toApp) return this.#wrong(`a packet of writer ${writer} came to the wrong side`);
    if (number <= (this.#last.get(writer) ?? -1)) return this.#wrong(`packet ${number} of writer ${writer} came late`);
    this.#last.set(writer, number);
    const length = lengthOf(writer, number);
    if (bytes.length < length && toApp) account.cut++;
    else if (bytes.length !== length) this.#wrong(`packet ${number} has ${bytes.length} bytes, not ${length}`);
    if (bytes.at(-1) !== (number & 0xff)) this.#wrong(`packet ${number} is damaged`);
  }

  #wrong(what: string): void {
    this.complaint ??= `${this.name}: ${what}`;
  }

  /** Whether the interface is there. */
  get exists(): boolean {
    return interfacesOf(this.#kernel).find(this.name) !== null;
  }
}

/** Writers below this are programs, the others the stack. */
export const FIRST_SENDER = 0x80;

// All lengths come, in an order that looks like none.
function lengthOf(writer: number, number: number): number {
  return LENGTH_LEAST + ((number * 7_919 + writer * 104_729) % (LENGTH_MOST - LENGTH_LEAST));
}
