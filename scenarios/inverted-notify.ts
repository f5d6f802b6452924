// "1000 ms average": the answer to a ping lies in the driver's queue until the next ping is sent, a second later. The
// stack sends a request, the program behind the tunnel reads it and writes an answer; its write wakes nobody.
//
// ping looks for the answer every 20 ms, for a second, and then sends the next request. While exploring, a thread that
// looks in vain is not woken again before somebody else has got further: it gives up only when nobody can go on, and
// what is late then is late in every schedule, not only on a slow machine.

import { ifconfig } from "#apps/ifconfig";
import { invertedNotifyDriver } from "#drivers/tun/history/inverted-notify";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { registerMonitor, sendFrame } from "#net/network";
import { scenario } from "#scenario/types";
import { Semaphore } from "#sync/semaphore";
import { Shared } from "#sync/shared";
import { F_SETFL, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

const PINGS = 2;
const LOOKS_PER_SECOND = 50;
const LOOK_US = 20_000;

/** Byte 14 of a frame, behind the header, says what it is; byte 15 which one. */
const REQUEST = 1;
const ANSWER = 2;

interface Exchange {
  readonly requestsWritten: Shared<number>;
  readonly answersTaken: Shared<number>;
  /** Stands for the other program's loop, which without a select hook can only try to read again and again. */
  readonly requestsToRead: Semaphore;
}

export default scenario("inverted-notify", {
  about: "August 2023, the notify test the wrong way round: an answer is taken when the next request is sent.",
  drivers: [invertedNotifyDriver],
  expect: { run: "assertion", explore: "assertion" },

  *setup({ host, kernel }) {
    const exchange: Exchange = {
      requestsWritten: new Shared(kernel, 0, "requests written"),
      answersTaken: new Shared(kernel, 0, "answers taken"),
      requestsToRead: new Semaphore(kernel, 0, "requests to read"),
    };
    const shell = host.team("shell");
    yield* ifconfig(shell, ["tap0", "up"]);
    yield* registerMonitor(kernel, "tap0", {
      receive: (buffer) => checkAnswer(buffer.bytes, exchange),
      event: () => {},
    });
    const openvpn = host.team("openvpn");
    const descriptor = yield* openvpn.open("/dev/tap0", O_RDWR);
    yield* openvpn.fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return { openvpn, descriptor, exchange };
  },

  *run({ kernel, openvpn, descriptor, exchange }) {
    openvpn.spawn("openvpn", () => answerAll(openvpn, descriptor, exchange));
    kernel.spawn("ping", () => ping(kernel, exchange));
  },
});

function* ping(kernel: Kernel, { requestsWritten, answersTaken, requestsToRead }: Exchange): Steps<void> {
  for (let request = 1; request <= PINGS; request++) {
    requestsWritten.value = request;
    yield* sendFrame(kernel, "tap0", frame(REQUEST, request));
    yield* requestsToRead.release();
    for (let look = 0; look < LOOKS_PER_SECOND && answersTaken.value < request; look++) yield* kernel.snooze(LOOK_US);
  }
}

/** The program at the other end writes an answer to each request. */
function* answerAll(team: UserTeam, descriptor: number, { requestsToRead }: Exchange): Steps<void> {
  const buffer = new Uint8Array(1514);
  for (let answers = 0; answers < PINGS; answers++) {
    yield* requestsToRead.acquire();
    yield* team.read(descriptor, buffer);
    yield* team.write(descriptor, frame(ANSWER, buffer[15] ?? 0));
  }
}

/** Called by the interface's reader for each frame that it has taken, and by the sender for each that it sends. */
function checkAnswer(bytes: Uint8Array, { requestsWritten, answersTaken }: Exchange): void {
  if (bytes[14] !== ANSWER) return;
  const answer = bytes[15] ?? 0;
  const request = requestsWritten.value;
  if (request > answer) throw new Error(`answer ${answer} was taken only after request ${request} was written`);
  answersTaken.value = answer;
}

function frame(kind: number, which: number): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes[14] = kind;
  bytes[15] = which;
  return bytes;
}
