// Goal: a capture file is what the format says. Method: the blocks are read back by a reader of a few lines, which knows of
// the format only what any other does; test/cli/looking.long.test.ts lets tshark read whole files.
import { expect, test } from "vitest";
import { PcapngWriter, type PcapngPacket } from "#report/pcapng";

interface Block {
  readonly type: number;
  readonly view: DataView;
  readonly bytes: Uint8Array;
}

function blocksOf(file: Uint8Array): Block[] {
  const whole = new DataView(file.buffer, file.byteOffset, file.length);
  const blocks: Block[] = [];
  for (let place = 0; place < file.length;) {
    const length = whole.getUint32(place + 4, true);
    expect(length % 4).toBe(0);
    expect(whole.getUint32(place + length - 4, true), "the length stands at both ends").toBe(length);
    const bytes = file.slice(place + 8, place + length - 4);
    blocks.push({ type: whole.getUint32(place, true), bytes, view: new DataView(bytes.buffer) });
    place += length;
  }
  return blocks;
}

/** The options that stand in a block from `start` on, as text, but for single bytes and words of four, which are numbers. */
function optionsOf({ view, bytes }: Block, start: number): Record<number, string | number> {
  const options: Record<number, string | number> = {};
  for (let place = start; view.getUint16(place, true) !== 0;) {
    const length = view.getUint16(place + 2, true);
    const value = bytes.subarray(place + 4, place + 4 + length);
    const isFlags = length === 4 && view.getUint16(place, true) === 2;
    const number = isFlags ? view.getUint32(place + 4, true) : value[0];
    options[view.getUint16(place, true)] = isFlags || length === 1 ? (number ?? 0) : new TextDecoder().decode(value);
    place += 4 + Math.ceil(length / 4) * 4;
  }
  return options;
}

const PACKET: PcapngPacket = {
  time: 1,
  host: "client",
  interface: "eth0",
  isEthernet: true,
  direction: "out",
  bytes: Uint8Array.of(1, 2, 3, 4, 5),
  comment: "",
};

test("a file says what wrote it, each interface once, before its first packet, and every packet", () => {
  const writer = new PcapngWriter("lockstep 1", "a test");
  writer.add(PACKET);
  writer.add({ ...PACKET, interface: "tun0", isEthernet: false, direction: "in" });
  writer.add({ ...PACKET, comment: "not sent: ENOBUFS" });
  const blocks = blocksOf(writer.bytes());
  expect(blocks.map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 6, 1, 6, 6]);
  expect(writer.packets).toBe(3);
  const [section, ethernet, first, tunnel, second, third] = blocks as [Block, Block, Block, Block, Block, Block];
  expect(section.view.getUint32(0, true)).toBe(0x1a2b3c4d);
  expect(optionsOf(section, 16)).toEqual({ 1: "a test", 4: "lockstep 1" });
  expect(ethernet.view.getUint16(0, true)).toBe(1);
  expect(optionsOf(ethernet, 8)).toEqual({ 2: "client/eth0", 9: 6 });
  expect(tunnel.view.getUint16(0, true)).toBe(101);
  expect(optionsOf(tunnel, 8)).toEqual({ 2: "client/tun0", 9: 6 });
  // Interface, packet (padded to eight bytes), and options after it.
  expect([first, second, third].map(({ view }) => view.getUint32(0, true))).toEqual([0, 1, 0]);
  expect([...first.bytes.subarray(20, 28)]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
  expect([first, second, third].map((block) => optionsOf(block, 28))).toEqual([
    { 2: 2 },
    { 2: 1 },
    { 1: "not sent: ENOBUFS", 2: 2 },
  ]);
});

test("times are whole microseconds, also after the first hour", () => {
  const times = [0, 7.9, 2 ** 32 - 1, 2 ** 32, 5 * 3_600_000_000];
  const writer = new PcapngWriter("lockstep 1", "a test");
  for (const time of times) writer.add({ ...PACKET, time });
  const packets = blocksOf(writer.bytes()).filter(({ type }) => type === 6);
  const read = packets.map(({ view }) => view.getUint32(4, true) * 2 ** 32 + view.getUint32(8, true));
  expect(read).toEqual(times.map(Math.floor));
});
