// Captured packets as a pcapng file, which tshark, tcpdump and their like read.
//
// The form: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng, in little-endian order: a section, a description of each interface
// before its first packet, and the packets, with times in microseconds, directions and comments.
// An interface that is deleted and made anew goes on under its old description.

/** A packet that crossed an interface. */
export interface PcapngPacket {
  /** Microseconds of virtual time. */
  readonly time: number;
  readonly host: string;
  readonly interface: string;
  /** Whether the bytes begin with an Ethernet header, or with that of IP. */
  readonly isEthernet: boolean;
  readonly direction: "in" | "out";
  readonly bytes: Uint8Array;
  /** Empty for none. */
  readonly comment: string;
}

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

const LINKTYPE_ETHERNET = 1;
/** IPv4 or IPv6, told apart by the version. */
const LINKTYPE_RAW = 101;

const OPTION_COMMENT = 1;
const OPTION_APPLICATION = 4;
const OPTION_INTERFACE_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_FLAGS = 2;

/** Microseconds: ten to the power of minus 6. */
const MICROSECONDS = 6;
const INBOUND = 1;
const OUTBOUND = 2;

const TWO_TO_32 = 0x1_0000_0000;

type Option = readonly [code: number, value: Uint8Array];

/** Makes a file, packet by packet. */
export class PcapngWriter {
  readonly #chunks: Uint8Array[] = [];
  readonly #interfaces = new Map<string, number>();
  #length = 0;
  #packets = 0;

  /** @param application what wrote it; @param comment what is in it */
  constructor(application: string, comment: string) {
    const fixed = new Uint8Array(16);
    const view = new DataView(fixed.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true); // version 1.0
    view.setBigInt64(8, -1n, true); // how long the section is: unsaid
    this.#block(SECTION_HEADER, fixed, new Uint8Array(), [
      [OPTION_COMMENT, text(comment)],
      [OPTION_APPLICATION, text(application)],
    ]);
  }

  get packets(): number {
    return this.#packets;
  }

  add(packet: PcapngPacket): void {
    const fixed = new Uint8Array(20);
    const view = new DataView(fixed.buffer);
    view.setUint32(0, this.#interfaceOf(packet), true);
    view.setUint32(4, Math.floor(packet.time / TWO_TO_32), true);
    view.setUint32(8, packet.time % TWO_TO_32, true);
    view.setUint32(12, packet.bytes.length, true);
    view.setUint32(16, packet.bytes.length, true);
    const flags = new Uint8Array(4);
    flags[0] = packet.direction === "in" ? INBOUND : OUTBOUND;
    const options: Option[] = [[OPTION_FLAGS, flags]];
    if (packet.comment !== "") options.push([OPTION_COMMENT, text(packet.comment)]);
    this.#block(ENHANCED_PACKET, fixed, packet.bytes, options);
    this.#packets++;
  }

  /** The file. */
  bytes(): Uint8Array {
    const file = new Uint8Array(this.#length);
    let place = 0;
    for (const chunk of this.#chunks) {
      file.set(chunk, place);
      place += chunk.length;
    }
    return file;
  }

  #interfaceOf({ host, interface: name, isEthernet }: PcapngPacket): number {
    const title = `${host}/${name}`;
    const key = `${title} ${isEthernet}`;
    const known = this.#interfaces.get(key);
    if (known !== undefined) return known;
    const number = this.#interfaces.size;
    this.#interfaces.set(key, number);
    const fixed = new Uint8Array(8); // the last four bytes, 0: packets are not cut
    new DataView(fixed.buffer).setUint16(0, isEthernet ? LINKTYPE_ETHERNET : LINKTYPE_RAW, true);
    this.#block(INTERFACE_DESCRIPTION, fixed, new Uint8Array(), [
      [OPTION_INTERFACE_NAME, text(title)],
      [OPTION_TIME_RESOLUTION, Uint8Array.of(MICROSECONDS)],
    ]);
    return number;
  }

  // Type, length, what is particular to the type, the packet, options, and the length again; all in words of four bytes.
  #block(type: number, fixed: Uint8Array, data: Uint8Array, options: readonly Option[]): void {
    const optionBytes = options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0) + 4;
    const length = 12 + fixed.length + padded(data.length) + optionBytes;
    const block = new Uint8Array(length);
    const view = new DataView(block.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, length, true);
    block.set(fixed, 8);
    block.set(data, 8 + fixed.length);
    let place = 8 + fixed.length + padded(data.length);
    for (const [code, value] of options) {
      view.setUint16(place, code, true);
      view.setUint16(place + 2, value.length, true);
      block.set(value, place + 4);
      place += 4 + padded(value.length);
    }
    // The end of the options is four bytes of 0.
    view.setUint32(length - 4, length, true);
    this.#chunks.push(block);
    this.#length += length;
  }
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
