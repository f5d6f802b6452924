// Goal: what the stack writes into packets is what the RFCs say. Method: packets from elsewhere, and round trips.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARP_REQUEST, buildArpPacket, parseArpPacket } from "#net/arp-packet";
import { checksum } from "#net/checksum";
import { buildIcmpMessage, echoReplyTo, ICMP_ECHO_REQUEST } from "#net/icmp-message";
import { fragment } from "#net/ipv4-fragments";
import { buildIPv4Packet, decrementTimeToLive, parseIPv4Packet } from "#net/ipv4-packet";
import { buildUdpDatagram, parseUdpDatagram } from "#net/udp-datagram";

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const hex = (packet: Uint8Array): string => Buffer.from(packet).toString("hex");

test("one hop more leaves the header that would have been written with one hop less to go, checksum included", () => {
  // Every identification, so that the checksum takes every value, its two zeros among them.
  for (let id = 0; id <= 0xffff; id++) {
    const header = { id, protocol: 17, source: 0x0a000001, destination: 0x0a000002 };
    const packet = buildIPv4Packet({ ...header, timeToLive: 64 }, new Uint8Array(0));
    const parsed = parseIPv4Packet(packet);
    if (parsed === null) throw new Error(`the packet with the identification ${id} is malformed`);
    decrementTimeToLive(packet, parsed);
    const wanted = buildIPv4Packet({ ...header, timeToLive: 63 }, new Uint8Array(0));
    if (!packet.every((byte, at) => byte === wanted[at])) expect(hex(packet)).toBe(hex(wanted));
  }
});

describe("the Internet checksum", () => {
  test("is that of RFC 1071's example", () => {
    expect(checksum(bytes("0001 f203 f4f5 f6f7"))).toBe(0x220d);
  });

  test("of bytes that hold their own is 0, whatever their number", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 99 }), (data) => {
        const whole = Uint8Array.of(0, 0, ...data);
        const sum = checksum(whole);
        whole.set([sum >> 8, sum & 0xff]);
        expect(checksum(whole)).toBe(0);
      }),
    );
  });
});

describe("an IPv4 header", () => {
  const known = bytes("4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7");

  test("is read as others write it", () => {
    const packet = new Uint8Array(0x73);
    packet.set(known);
    expect(parseIPv4Packet(packet)).toMatchObject({
      headerLength: 20,
      totalLength: 0x73,
      dontFragment: true,
      timeToLive: 64,
      protocol: 17,
      source: 0xc0a80001,
      destination: 0xc0a800c7,
    });
  });

  test("is written as others write it", () => {
    const header = { id: 0, dontFragment: true, protocol: 17, source: 0xc0a80001, destination: 0xc0a800c7 };
    expect(hex(buildIPv4Packet(header, new Uint8Array(0x73 - 20)).subarray(0, 20))).toBe(hex(known));
  });

  test.each([
    ["another version", 0, 0x65],
    ["a header that is too short", 0, 0x44],
    ["a wrong checksum", 10, 0xb9],
    ["more bytes than there are", 3, 0xff],
  ])("with %s is refused", (_what, at, value) => {
    const packet = new Uint8Array(0x73);
    packet.set(known);
    packet[at] = value;
    expect(parseIPv4Packet(packet)).toBe(null);
  });
});

test("a UDP datagram that was damaged anywhere is refused, and one without a checksum is not", () => {
  const ends = { source: 0x0a000001, sourcePort: 1194, destination: 0x0a000002, destinationPort: 53 };
  const datagram = buildUdpDatagram(ends, Uint8Array.of(1, 2, 3));
  expect(parseUdpDatagram(datagram, ends)).toEqual({ sourcePort: 1194, destinationPort: 53, length: 11 });
  for (let at = 0; at < datagram.length; at++) {
    const damaged = datagram.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    expect(parseUdpDatagram(damaged, ends)).toBe(null);
  }
  datagram.set([0, 0], 6);
  expect(parseUdpDatagram(datagram, ends)).not.toBe(null);
});

test("an ARP request is 28 bytes in the order of RFC 826, and reads back", () => {
  const packet = {
    operation: ARP_REQUEST,
    senderHardware: Uint8Array.of(2, 0x1a, 0, 0, 0, 1),
    sender: 0x0a000001,
    targetHardware: new Uint8Array(6),
    target: 0x0a000002,
  };
  expect(hex(buildArpPacket(packet))).toBe("0001080006040001021a000000010a0000010000000000000a000002");
  expect(parseArpPacket(buildArpPacket(packet))).toEqual(packet);
});

test("an echo reply differs from its request in type and checksum alone", () => {
  const request = buildIcmpMessage(ICMP_ECHO_REQUEST, 0, [7, 1], Uint8Array.of(1, 2, 3));
  const reply = echoReplyTo(request);
  expect([reply[0], checksum(reply), hex(reply.subarray(4))]).toEqual([0, 0, hex(request.subarray(4))]);
});

test("fragments are whole packets, fit the mtu, and together are the payload", () => {
  const header = { id: 9, protocol: 17, source: 1, destination: 2 };
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 3000 }), fc.integer({ min: 68, max: 1500 }), (data, mtu) => {
      const packets = fragment(header, data, mtu);
      const whole = new Uint8Array(data.length);
      packets.forEach((packet, place) => {
        const read = parseIPv4Packet(packet);
        expect(read).toMatchObject({ id: 9, moreFragments: place < packets.length - 1, totalLength: packet.length });
        expect(packet.length).toBeLessThanOrEqual(mtu);
        whole.set(packet.subarray(20), read?.offset);
      });
      expect(hex(whole)).toBe(hex(data));
    }),
  );
});
