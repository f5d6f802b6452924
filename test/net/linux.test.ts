// Goal: whoever talks to a host through a tunnel need not know that it is no Linux: it is answered with the same bytes.
// Method: what a Linux kernel asked another one (linux-frames.txt says how it was recorded) is written into the
// driver's device, and what comes out is held to what the other one answered. Only a packet's identification,
// which each kernel counts for itself, may differ, and with it the header's checksum, which must be right.
import { expect, test } from "vitest";
import { answersOf, comparable, ETHERNET, isArp, readExchanges, withoutFrames } from "./linux-exchanges.js";

const recorded = readExchanges("linux-frames.txt");

test("a tap interface answers ARP and echo requests as Linux answers them", () => {
  expect(recorded.map(({ asked, answered }) => [asked.length, answered.length])).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
    [3, 3],
    [1, 1],
  ]);
  const answers = answersOf("tap0", recorded);
  for (const [place, exchange] of recorded.entries()) {
    const answered = answers[place] ?? [];
    if (isArp(exchange)) expect(answered, exchange.name).toEqual(exchange.answered);
    else expect(comparable(answered, ETHERNET), exchange.name).toEqual(comparable(exchange.answered, ETHERNET));
  }
});

test("a tun interface answers the same packets, without their frames", () => {
  const exchanges = recorded.filter((each) => !isArp(each)).map(withoutFrames);
  const answers = answersOf("tun0", exchanges);
  for (const [place, { name, answered }] of exchanges.entries()) {
    expect(comparable(answers[place] ?? [], 0), name).toEqual(comparable(answered, 0));
  }
});

test("what asks for another address, or was damaged on its way, is not answered", () => {
  const silent = recorded.map(({ name, asked, answered }) => ({
    name,
    // An ARP request's last byte is of the address that it asks for; an echo's is of what its checksum protects.
    asked: asked.map((frame) => frame.with(-1, (frame.at(-1) ?? 0) ^ 0x55)),
    answered,
  }));
  for (const answered of answersOf("tap0", silent)) expect(answered).toEqual([]);
});
