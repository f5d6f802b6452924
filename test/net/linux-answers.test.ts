// Goal: a host is answered with Linux's bytes, also when what it sends is odd, and with nothing when it is wrong: options, fragments in
// any order, lengths that lie, addresses that no host has, ARP probes and announcements, and what errors quote.
// Method: as in linux.test.ts, with packets that were built by hand, and a Linux kernel's answers to them
// (linux-answers.txt). Where we do something else, the reason stands here.
import { expect, test } from "vitest";
import { answersOf, comparable, ETHERNET, isArp, readExchanges, withoutFrames } from "./linux-exchanges.js";

const recorded = readExchanges("linux-answers.txt");

/** Exchanges in which both are right, and how many packets we answer. */
const OTHERWISE: ReadonlyMap<string, number> = new Map([
  ["echo, to 224.0.0.1", 0], // there are no groups here
  ["echo, fragments that overlap", 1], // RFC 791 has them overwrite one another; Linux gives such a datagram up
  ["echo, a fragment not a multiple of eight long", 0], // RFC 791 knows none; Linux cuts it
  ["UDP, with options", 1], // ours quotes the packet as it came (RFC 1122); Linux one in whose options it has written
  ["ARP, from a group", 0], // a group's hardware address is nobody's (RFC 1812, 3.3.2)
]);

test("a tap interface answers what is odd as Linux answers it, and what is wrong as little", () => {
  expect(recorded.length).toBe(127);
  const answers = answersOf("tap0", recorded);
  for (const [place, exchange] of recorded.entries()) {
    const { name } = exchange;
    const answered = answers[place] ?? [];
    const otherwise = OTHERWISE.get(name);
    if (otherwise !== undefined) {
      expect(answered.length, name).toBe(otherwise);
      expect(answered, name).not.toEqual(exchange.answered);
    } else if (isArp(exchange)) expect(answered, name).toEqual(exchange.answered);
    else expect(comparable(answered, ETHERNET), name).toEqual(comparable(exchange.answered, ETHERNET));
  }
});

test("a tun interface does so too, where it is not about frames or everybody on a link", () => {
  const exchanges = recorded
    .filter((each) => !isArp(each) && !OTHERWISE.has(each.name))
    .filter(({ name }) => !/frame|everybody|broadcast|ARP|IPv4 (in|behind)|802\.3|the net itself/.test(name))
    .map(withoutFrames)
    .filter(({ asked }) => asked.every((packet) => (packet[0] ?? 0) >> 4 === 4));
  expect(exchanges.length).toBeGreaterThan(60);
  const answers = answersOf("tun0", exchanges);
  for (const [place, { name, answered }] of exchanges.entries()) {
    expect(comparable(answers[place] ?? [], 0), name).toEqual(comparable(answered, 0));
  }
});
