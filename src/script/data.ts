// Bytes that a script writes, sends or expects: in hexadecimal, as a text, or made by a small builder; a list is one after the other.
//
// They are built once, when the script is read. What a builder fills in itself: lengths, checksums, an Ethernet address
// for those that are not said.

import { isScalar, isSeq } from "yaml";
import { ARP_REPLY, ARP_REQUEST, buildArpPacket } from "#net/arp-packet";
import { ETHER_HEADER_LENGTH, ETHER_TYPE_ARP, ETHER_TYPE_IP } from "#net/device-module";
import { ETHER_ADDRESS_LENGTH, ETHER_BROADCAST, localHardwareAddress, writeEthernetHeader } from "#net/ethernet";
import { buildIcmpMessage, ICMP_ECHO_REPLY, ICMP_ECHO_REQUEST } from "#net/icmp-message";
import { formatIPv4, parseIPv4, type IPv4Address } from "#net/ipv4-address";
import { buildIPv4Packet, IPPROTO_ICMP, IPPROTO_UDP } from "#net/ipv4-packet";
import { buildUdpDatagram } from "#net/udp-datagram";
import { describeNode } from "#script/reader";
import { list, optional, record, required, type RecordOf } from "#script/collections";
import { changed, either, named, refuse, scalar, text, whole, word, yesOrNo, type NamedShape } from "#script/shape";

/** Bytes at most, of one value. */
const BYTES_MOST = 65_535;

/** Names: of threads, descriptors, teams ... */
export const NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_ -]{0,30}$/;
export const NAME_WANTED = "a letter, and at most 30 letters, digits, blanks, hyphens and underscores behind it";

const hexDigits = scalar<Uint8Array>(
  'bytes in hexadecimal, as a text ("ff 00 0a"; blanks, colons and hyphens between bytes mean nothing)',
  { type: "string", pattern: "^([0-9A-Fa-f]{2}[\\s:-]*)*$" },
  (value) => (typeof value === "string" ? parseHex(value) : undefined),
);

const address = scalar<IPv4Address>(
  'an IPv4 address ("10.0.0.1")',
  { type: "string", pattern: "^\\d{1,3}(\\.\\d{1,3}){3}$" },
  (value) => (typeof value === "string" ? (parseIPv4(value) ?? undefined) : undefined),
);

const hardware = scalar<Uint8Array>(
  'an Ethernet address ("02:00:00:00:00:01"), or "broadcast"',
  { type: "string", pattern: "^(broadcast|[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5})$" },
  (value) => {
    if (value === "broadcast") return ETHER_BROADCAST;
    if (typeof value !== "string" || !/^[0-9A-F]{2}([:-][0-9A-F]{2}){5}$/i.test(value)) return undefined;
    return parseHex(value);
  },
);

const FRAME_FIELDS = {
  to: optional(
    hardware,
    "The Ethernet address it is for. Default: broadcast for a request of ARP, else made of the IPv4 address.",
  ),
  from: optional(hardware, "The Ethernet address it is from. Default: made of the IPv4 address."),
};

const ETHERNET = {
  to: optional(hardware, "The Ethernet address it is for. Default: broadcast."),
  from: optional(hardware, 'The Ethernet address it is from. Default: "02:00:00:00:00:01".'),
  type: optional(
    either<number>(
      "a number (0x0800), or one of ip, arp",
      whole(0, 0xffff),
      changed(word(["ip", "arp"] as const), typeOf),
    ),
    "What is in it. Default: ip.",
  ),
  payload: optional(
    named<Uint8Array>("data", "bytes", () => data),
    "What follows the header of 14 bytes. Default: nothing.",
  ),
};

const ENDS = {
  source: required(address, "The IPv4 address it is from."),
  destination: required(address, "The IPv4 address it is for."),
};

const ARP = {
  operation: optional(word(["request", "reply"]), "Default: request."),
  ...ENDS,
  ...FRAME_FIELDS,
};

const ICMP = {
  echo: optional(word(["request", "reply"]), "Default: request."),
  ...ENDS,
  id: optional(whole(0, 0xffff), "The identifier. Default 1."),
  sequence: optional(whole(0, 0xffff), "The number of this one. Default 0."),
  size: optional(whole(0, 60_000), "Bytes behind the ICMP header, counting up from 0. Default 56."),
  ethernet: optional(yesOrNo(), "Whether an Ethernet header comes first. Default: true; false is for tun."),
  ...FRAME_FIELDS,
};

const UDP = {
  ...ENDS,
  sourcePort: required(whole(1, 0xffff), "The port it is from."),
  destinationPort: required(whole(1, 0xffff), "The port it is for."),
  payload: optional(ETHERNET.payload.shape, "What it carries. Default: nothing."),
  ethernet: ICMP.ethernet,
  ...FRAME_FIELDS,
};

const COUNT = {
  count: required(whole(0, BYTES_MOST), "How many bytes."),
  fill: optional(whole(0, 255), "What each of them is. Default 0."),
};

const BUILDERS = {
  hex: optional(hexDigits, "Bytes in hexadecimal."),
  text: optional(text("a text of 4000 characters at most", /^[^]*$/, 4_000), "A text, as UTF-8."),
  bytes: optional(
    either<RecordOf<typeof COUNT>>(
      "how many bytes, or { count, fill }",
      changed(whole(0, BYTES_MOST), (count) => ({ count, fill: 0 })),
      record(COUNT, "{ count, fill }"),
    ),
    "So many equal bytes.",
  ),
  ethernet: optional(record(ETHERNET, "a map of to, from, type, payload"), "An Ethernet frame."),
  arp: optional(record(ARP, "a map of operation, source, destination"), "An ARP packet in an Ethernet frame."),
  icmp: optional(record(ICMP, "a map of echo, source, destination"), "An ICMP echo in an Ethernet frame."),
  udp: optional(
    record(UDP, "a map of source, sourcePort, destination, destinationPort, payload"),
    "A UDP datagram in an Ethernet frame.",
  ),
};

const frameName = scalar<Uint8Array>(
  'the name of one of "frames"',
  { type: "string", minLength: 1 },
  (value, node, reader) => {
    if (typeof value !== "string") return undefined;
    const found = reader.frames.get(value);
    if (found !== undefined) return found;
    const names = [...reader.frames.keys()];
    const known = names.length === 0 ? 'none is declared under "frames"' : `there are ${names.slice(0, 8).join(", ")}`;
    reader.problem(node, `no frame is called ${describeNode(node).slice("the text ".length)} up to here: ${known}`);
    return new Uint8Array(); // what is wrong has been said
  },
  (value) => typeof value === "string",
);

const built = changed(
  record(BUILDERS, "one of hex, text, bytes, ethernet, arp, icmp, udp"),
  (given, node, what, reader) => {
    const count = Object.values(given).filter((each) => each !== undefined).length;
    if (count === 1) return build(given);
    reader.problem(node, `${what} should have one of ${Object.keys(BUILDERS).join(", ")}; it has ${count}`);
    return undefined;
  },
);

const pieces = changed(
  list(
    named<Uint8Array>("data", "bytes", () => data),
    "a list of bytes",
    100,
  ),
  (parts, node, what, reader) => {
    const size = parts.reduce((sum, each) => sum + each.length, 0);
    if (size > BYTES_MOST) return refuse(node, what, `${BYTES_MOST} bytes at most`, reader);
    return concatenated(parts);
  },
);

/** Bytes: a map with one builder, the name of a frame, or a list of these. */
export const data: NamedShape<Uint8Array> = named(
  "data",
  "bytes: { hex: ... }, { text: ... }, { bytes: ... }, { ethernet: ... }, { arp: ... }, { icmp: ... }, { udp: ... }, the name of a frame, or a list of these",
  () => ({
    ...either<Uint8Array>("bytes", built, frameName, pieces),
    accepts: (node) => isScalar(node) || isSeq(node) || built.accepts(node),
    schema: () => ({
      anyOf: [{ ...built.schema(), minProperties: 1, maxProperties: 1 }, frameName.schema(), pieces.schema()],
    }),
  }),
);

function build({ hex, text: words, bytes, ethernet, arp, icmp, udp }: RecordOf<typeof BUILDERS>): Uint8Array {
  if (hex !== undefined) return hex;
  if (words !== undefined) return new TextEncoder().encode(words);
  if (bytes !== undefined) return new Uint8Array(bytes.count).fill(bytes.fill ?? 0);
  if (ethernet !== undefined) {
    const { to = ETHER_BROADCAST, from = parseHex("020000000001"), type = ETHER_TYPE_IP, payload } = ethernet;
    return framed(to, from ?? ETHER_BROADCAST, type, payload ?? new Uint8Array());
  }
  if (arp !== undefined) return buildArp(arp);
  if (icmp !== undefined) return buildIcmp(icmp);
  return udp === undefined ? new Uint8Array() : buildUdp(udp);
}

function buildArp({ operation = "request", source, destination, to, from }: RecordOf<typeof ARP>): Uint8Array {
  const isRequest = operation === "request";
  const senderHardware = from ?? hardwareOf(source);
  const known = to ?? hardwareOf(destination);
  const packet = buildArpPacket({
    operation: isRequest ? ARP_REQUEST : ARP_REPLY,
    senderHardware,
    sender: source,
    targetHardware: isRequest ? new Uint8Array(ETHER_ADDRESS_LENGTH) : known,
    target: destination,
  });
  return framed(isRequest ? (to ?? ETHER_BROADCAST) : known, senderHardware, ETHER_TYPE_ARP, packet);
}

function buildIcmp(given: RecordOf<typeof ICMP>): Uint8Array {
  const { echo = "request", id = 1, sequence = 0, size = 56 } = given;
  const content = Uint8Array.from({ length: size }, (_, at) => at & 0xff);
  const type = echo === "request" ? ICMP_ECHO_REQUEST : ICMP_ECHO_REPLY;
  return routed(given, IPPROTO_ICMP, buildIcmpMessage(type, 0, [id, sequence], content));
}

function buildUdp(given: RecordOf<typeof UDP>): Uint8Array {
  const { payload = new Uint8Array(), ...ends } = given;
  return routed(given, IPPROTO_UDP, buildUdpDatagram(ends, payload.subarray(0, 60_000)));
}

function routed(
  given: RecordOf<Omit<typeof ICMP, "echo" | "id" | "sequence" | "size">>,
  protocol: number,
  payload: Uint8Array,
): Uint8Array {
  const { source, destination, to, from, ethernet = true } = given;
  const packet = buildIPv4Packet({ id: 1, protocol, source, destination }, payload);
  if (!ethernet) return packet;
  return framed(to ?? hardwareOf(destination), from ?? hardwareOf(source), ETHER_TYPE_IP, packet);
}

function framed(to: Uint8Array, from: Uint8Array, type: number, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(ETHER_HEADER_LENGTH);
  writeEthernetHeader(header, to, from, type);
  return concatenated([header, payload]);
}

// Always the same for the same address.
function hardwareOf(of: IPv4Address): Uint8Array {
  return localHardwareAddress(formatIPv4(of));
}

function typeOf(name: "ip" | "arp"): number {
  return name === "ip" ? ETHER_TYPE_IP : ETHER_TYPE_ARP;
}

function parseHex(digits: string): Uint8Array | undefined {
  const plain = digits.replaceAll(/[\s:-]/g, "");
  if (!/^([0-9A-F]{2})*$/i.test(plain) || plain.length > 2 * BYTES_MOST) return undefined;
  return Uint8Array.from(plain.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
