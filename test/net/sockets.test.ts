// Goal: sockets are descriptors, and say what Haiku's say. Method: single calls in measured time, and every schedule
// of what can go wrong between two threads.
import { describe, expect, test } from "vitest";
import {
  B_BAD_VALUE,
  B_FILE_ERROR,
  B_OK,
  B_WOULD_BLOCK,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EDESTADDRREQ,
  EISCONN,
  EMSGSIZE,
  ENOTCONN,
  ENOTSOCK,
  EPROTONOSUPPORT,
} from "#base/status";
import { nullDriver } from "#drivers/null";
import { explore } from "#explore/explorer";
import type { Steps } from "#kernel/operation";
import { MSG_DONTWAIT, MSG_PEEK } from "#net/device-module";
import { MSG_TRUNC, RECEIVE_BUFFER_BYTES } from "#net/datagram-socket";
import {
  AF_INET,
  bind,
  connect,
  getpeername,
  getsockname,
  recvfrom,
  sendto,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  socket,
} from "#net/socket-calls";
import { compile } from "#scenario/compile";
import { scenario } from "#scenario/types";
import { F_SETFL, O_NONBLOCK, O_RDWR, POLLIN, POLLNVAL, POLLOUT } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";
import { CLIENT, PORT, runWorld, SERVER, twoHosts, udpSocket } from "../world/worlds.js";

const HERE = { address: CLIENT, port: PORT };

/** Runs `body` with a team on a host that has the address CLIENT. */
function onClient(body: (team: UserTeam) => Steps<void>): void {
  runWorld({ ...twoHosts(), drivers: [nullDriver] }, function* ({ host }) {
    yield* body(host.team("team"));
  });
}

describe("a socket", () => {
  test("is made for UDP, and raw for ICMP, and for nothing else", () => {
    onClient(function* (team) {
      const made = [
        yield* socket(team, AF_INET, SOCK_DGRAM),
        yield* socket(team, AF_INET, SOCK_RAW, 1),
        yield* socket(team, AF_INET, SOCK_STREAM),
        yield* socket(team, AF_INET, SOCK_DGRAM, 6),
        yield* socket(team, 5, SOCK_DGRAM),
        yield* socket(team, AF_INET, 9),
      ];
      expect(made).toEqual([0, 1, EPROTONOSUPPORT, EPROTONOSUPPORT, EAFNOSUPPORT, B_BAD_VALUE]);
    });
  });

  test("is what socket calls want, and no other descriptor", () => {
    onClient(function* (team) {
      const fd = yield* team.open("/dev/null", O_RDWR);
      expect(yield* bind(team, fd, HERE)).toBe(ENOTSOCK);
      expect(yield* sendto(team, 77, Uint8Array.of(1), HERE)).toBe(B_FILE_ERROR);
    });
  });

  test("has a port of its own, asked for or given", () => {
    onClient(function* (team) {
      const [first, second] = [yield* udpSocket(team), yield* udpSocket(team)];
      expect(yield* bind(team, first, HERE)).toBe(B_OK);
      expect(yield* bind(team, first, { address: 0, port: 99 })).toBe(B_BAD_VALUE);
      expect(yield* bind(team, second, HERE)).toBe(EADDRINUSE);
      expect(yield* bind(team, second, { address: 0, port: PORT })).toBe(EADDRINUSE);
      expect(yield* bind(team, second, { address: SERVER, port: 99 })).toBe(EADDRNOTAVAIL);
      expect(yield* bind(team, second, { address: 0, port: 0 })).toBe(B_OK);
      const name = { address: 1, port: 1 };
      expect(yield* getsockname(team, second, name)).toBe(B_OK);
      expect(name.port).toBeGreaterThan(1023);
      yield* team.close(first);
      const third = yield* udpSocket(team);
      expect(yield* bind(team, third, HERE)).toBe(B_OK);
    });
  });

  test("sends to its peer, and hears nobody else", () => {
    onClient(function* (team) {
      const [a, b, c] = [yield* udpSocket(team, 1), yield* udpSocket(team, 2), yield* udpSocket(team, 3)];
      expect(yield* team.write(a, Uint8Array.of(1))).toBe(EDESTADDRREQ);
      expect(yield* getpeername(team, a, { address: 0, port: 0 })).toBe(ENOTCONN);
      expect(yield* connect(team, a, { address: CLIENT, port: 2 })).toBe(B_OK);
      expect(yield* sendto(team, a, Uint8Array.of(1), HERE)).toBe(EISCONN);
      yield* sendto(team, c, Uint8Array.of(3), { address: CLIENT, port: 1 });
      yield* sendto(team, b, Uint8Array.of(2), { address: CLIENT, port: 1 });
      const buffer = new Uint8Array(4);
      expect([yield* team.read(a, buffer), buffer[0]]).toEqual([1, 2]);
      expect(yield* recvfrom(team, a, buffer, MSG_DONTWAIT)).toBe(B_WOULD_BLOCK);
    });
  });

  test("gives one datagram at a time, cut when the buffer is too short", () => {
    onClient(function* (team) {
      const fd = yield* udpSocket(team, PORT);
      for (const size of [10, 20]) yield* sendto(team, fd, new Uint8Array(size).fill(size), HERE);
      const buffer = new Uint8Array(4);
      expect(yield* recvfrom(team, fd, buffer, MSG_PEEK)).toBe(4);
      expect(yield* recvfrom(team, fd, buffer, MSG_TRUNC)).toBe(10);
      expect([yield* recvfrom(team, fd, buffer), buffer[0]]).toEqual([4, 20]);
    });
  });

  test("drops what its buffer has no room for", () => {
    onClient(function* (team) {
      const fd = yield* udpSocket(team, PORT);
      const size = 20_000;
      for (let count = 0; count < 5; count++) yield* sendto(team, fd, new Uint8Array(size), HERE);
      yield* team.kernel.snooze(100_000);
      let received = 0;
      while ((yield* recvfrom(team, fd, new Uint8Array(size), MSG_DONTWAIT)) > 0) received += size;
      expect(received).toBe(Math.floor(RECEIVE_BUFFER_BYTES / size) * size);
      expect(yield* sendto(team, fd, new Uint8Array(65_508), HERE)).toBe(EMSGSIZE);
    });
  });

  test("does not wait when it is told not to", () => {
    onClient(function* (team) {
      const fd = yield* udpSocket(team, PORT, O_NONBLOCK);
      expect(yield* recvfrom(team, fd, new Uint8Array(9))).toBe(B_WOULD_BLOCK);
      const other = yield* udpSocket(team);
      yield* team.fcntl(other, F_SETFL, O_NONBLOCK);
      expect(yield* recvfrom(team, other, new Uint8Array(9))).toBe(B_WOULD_BLOCK);
    });
  });

  test("can be polled and selected: always writable, readable when something is there", () => {
    onClient(function* (team) {
      const fd = yield* udpSocket(team, PORT);
      const asked = { fd, events: POLLIN | POLLOUT, revents: 0 };
      expect([yield* team.poll([asked], 0), asked.revents]).toEqual([1, POLLOUT]);
      yield* sendto(team, fd, Uint8Array.of(1), HERE);
      yield* team.kernel.snooze(10_000);
      expect([yield* team.poll([asked], 0), asked.revents]).toEqual([1, POLLIN | POLLOUT]);
      const read = new Set([fd]);
      expect([yield* team.select({ read }, 0), read.size]).toEqual([1, 1]);
      yield* recvfrom(team, fd, new Uint8Array(1));
      expect([yield* team.select({ read }, 1_000), read.size]).toEqual([0, 0]);
    });
  });

  test("is shared by its duplicates, and closed with the last", () => {
    onClient(function* (team) {
      const fd = yield* udpSocket(team, PORT);
      const copy = yield* team.dup(fd);
      yield* team.close(fd);
      expect(yield* bind(team, yield* udpSocket(team), HERE)).toBe(EADDRINUSE);
      yield* sendto(team, copy, Uint8Array.of(1), HERE);
      expect(yield* recvfrom(team, copy, new Uint8Array(1))).toBe(1);
    });
  });
});

/** Every schedule of `run` with a team that has a bound socket: its ends as texts, sorted; none may fail. */
function everyEnd(run: (team: UserTeam, fd: number, say: (text: string) => void) => Steps<void>): string[] {
  const ends = new Set<string>();
  let said: string[] = [];
  const made = scenario("sockets", {
    hosts: { alone: { loopback: true } },
    *setup({ host }) {
      said = [];
      const team = host.team("team");
      return { team, fd: yield* udpSocket(team, PORT) };
    },
    *run({ team, fd }) {
      yield* run(team, fd, (text) => said.push(text));
    },
  });
  const result = explore(compile(made), {
    maxExecutions: 5_000,
    onExecution: ({ outcome }) => {
      if (outcome.kind === "finished") ends.add([...said].sort().join(", "));
    },
  });
  expect(result.findings.map(({ outcome }) => outcome)).toEqual([]);
  expect(result.exhausted).toBe(true);
  return [...ends].sort();
}

describe("on every schedule", () => {
  test("a close wakes whoever waits in recvfrom", () => {
    const ends = everyEnd(function* (team, fd, say) {
      const reader = team.spawn("reader", function* () {
        say(`read ${yield* recvfrom(team, fd, new Uint8Array(9))}`);
      });
      yield* team.close(fd);
      yield* team.kernel.waitForThread(reader);
    });
    expect(ends).toEqual([`read ${B_FILE_ERROR}`]);
  });

  test("a close wakes whoever polls", () => {
    const ends = everyEnd(function* (team, fd, say) {
      const poller = team.spawn("poller", function* () {
        const asked = { fd, events: POLLIN, revents: 0 };
        yield* team.poll([asked]);
        say(`polled ${asked.revents}`);
      });
      yield* team.close(fd);
      yield* team.kernel.waitForThread(poller);
    });
    expect(ends).toEqual([`polled ${POLLNVAL}`]);
  });

  test("a datagram is never missed by poll, and read once", () => {
    const ends = everyEnd(function* (team, fd, say) {
      const poller = team.spawn("poller", function* () {
        yield* team.poll([{ fd, events: POLLIN, revents: 0 }]);
        say(`read ${yield* recvfrom(team, fd, new Uint8Array(9), MSG_DONTWAIT)}`);
      });
      yield* sendto(team, fd, Uint8Array.of(1), { address: 0x7f000001, port: PORT });
      yield* team.kernel.waitForThread(poller);
    });
    expect(ends).toEqual(["read 1"]);
  });
});
