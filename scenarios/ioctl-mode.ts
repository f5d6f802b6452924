// The ioctl that the author of the first driver wished for: every descriptor begins in the app's form, TUNSETIFF
// switches it to the interface's. Two descriptors ask for it at once and one gets it; after that each reads what
// the other wrote, and whatever makes no sense is answered by a clear status.

import {
  B_BAD_VALUE,
  B_BUSY,
  B_FILE_ERROR,
  B_IO_ERROR,
  B_NOT_ALLOWED,
  B_OK,
  B_WOULD_BLOCK,
  ENOTTY,
  statusName,
  type Status,
} from "#base/status";
import { TUNGETCOUNTERS, TUNHANGUP, TUNSETIFF } from "#drivers/tun/ioctl";
import { tunDriver } from "#drivers/tun/tun";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { scenario } from "#scenario/types";
import { B_SET_BLOCKING_IO, B_SET_NONBLOCKING_IO, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

/** Frames of a header and one byte, told apart by that byte. */
const REQUEST = frame(1);
const ANSWER = frame(2);

export default scenario("ioctl-mode", {
  about: "Our driver: app mode, interface mode, the queues the right way round, and a clear status for every misuse.",
  drivers: [tunDriver],
  expect: { run: "finished", explore: "finished" },

  *setup({ host }) {
    const team = host.team("app");
    const one = yield* team.open("/dev/tap/tap0", O_RDWR);
    const two = yield* team.open("/dev/tap/tap0", O_RDWR);
    return { team, one, two };
  },

  *run({ kernel, team, one, two }) {
    const program = team.spawn("program", () => exercise(kernel, team, one, two));
    yield* kernel.waitForThread(program);
  },
});

function* exercise(kernel: Kernel, team: UserTeam, one: number, two: number): Steps<void> {
  yield* checkAppMode(team, one);

  const rivals = [one, two].map((each) => team.spawn("rival", () => team.ioctl(each, TUNSETIFF, "tap0")));
  for (const rival of rivals) yield* kernel.waitForThread(rival);
  const [first, second] = rivals.map((rival) => rival.result);
  const [end, app] = first === B_OK ? [one, two] : [two, one];
  expectStatus("TUNSETIFF of the faster one", first === B_OK ? first : second, B_OK);
  expectStatus("TUNSETIFF of the slower one", first === B_OK ? second : first, B_BUSY);

  const answering = team.spawn("interface", () => answer(team, end));
  expectStatus("write by the app", yield* team.write(app, REQUEST), REQUEST.length);
  yield* expectFrame(team, app, ANSWER);
  yield* kernel.waitForThread(answering);

  yield* checkMisuse(team, end, app);
  yield* hangUp(team, end, app);
}

function* checkAppMode(team: UserTeam, descriptor: number): Steps<void> {
  expectStatus("write with no interface", yield* team.write(descriptor, REQUEST), B_IO_ERROR);
  expectStatus("switch to non-blocking", yield* team.ioctl(descriptor, B_SET_NONBLOCKING_IO), B_OK);
  expectStatus("read without waiting", yield* team.read(descriptor, new Uint8Array(64)), B_WOULD_BLOCK);
  expectStatus("switch back", yield* team.ioctl(descriptor, B_SET_BLOCKING_IO), B_OK);
  expectStatus("hanging up an app's end", yield* team.ioctl(descriptor, TUNHANGUP), B_NOT_ALLOWED);
  expectStatus("another interface's name", yield* team.ioctl(descriptor, TUNSETIFF, "tap1"), B_BAD_VALUE);
  expectStatus("a number as its name", yield* team.ioctl(descriptor, TUNSETIFF, 7), B_BAD_VALUE);
}

// What the network stack does with its end.
function* answer(team: UserTeam, end: number): Steps<void> {
  yield* expectFrame(team, end, REQUEST);
  expectStatus("write by the interface", yield* team.write(end, ANSWER), ANSWER.length);
}

function* checkMisuse(team: UserTeam, end: number, app: number): Steps<void> {
  expectStatus("TUNSETIFF on the interface's end", yield* team.ioctl(end, TUNSETIFF, "tap0"), B_NOT_ALLOWED);
  expectStatus("TUNSETIFF for a second end", yield* team.ioctl(app, TUNSETIFF, "tap0"), B_BUSY);
  expectStatus("an unknown operation", yield* team.ioctl(app, TUNSETIFF + 100), ENOTTY);
  expectStatus("counters without a place for them", yield* team.ioctl(app, TUNGETCOUNTERS), B_BAD_VALUE);
  expectStatus("a runt", yield* team.write(app, new Uint8Array(13)), B_BAD_VALUE);
  expectStatus("a name with no characters in it", yield* team.open("/dev/tap/\u0001", O_RDWR), B_BAD_VALUE);
}

// The interface's end is free again once it has hung up, though its descriptor is still open.
function* hangUp(team: UserTeam, end: number, app: number): Steps<void> {
  expectStatus("hanging up", yield* team.ioctl(end, TUNHANGUP), B_OK);
  expectStatus("read after hanging up", yield* team.read(end, new Uint8Array(64)), B_FILE_ERROR);
  expectStatus("write after hanging up", yield* team.write(end, ANSWER), B_FILE_ERROR);
  expectStatus("write to a gone interface", yield* team.write(app, REQUEST), B_IO_ERROR);
  const next = yield* team.open("/dev/tap/tap0", O_RDWR | O_NONBLOCK);
  expectStatus("TUNSETIFF of the next one", yield* team.ioctl(next, TUNSETIFF, "tap0"), B_OK);
  expectStatus("nothing is left for it", yield* team.read(next, new Uint8Array(64)), B_WOULD_BLOCK);
  for (const descriptor of [end, app, next]) expectStatus("close", yield* team.close(descriptor), B_OK);
  expectStatus("read of a closed descriptor", yield* team.read(app, new Uint8Array(64)), B_FILE_ERROR);
}

function* expectFrame(team: UserTeam, descriptor: number, expected: Uint8Array): Steps<void> {
  const buffer = new Uint8Array(64);
  expectStatus("read", yield* team.read(descriptor, buffer), expected.length);
  if (buffer[14] !== expected[14]) throw new Error(`frame ${buffer[14]} was read, not ${expected[14]}`);
}

function frame(mark: number): Uint8Array {
  const bytes = new Uint8Array(15);
  bytes[14] = mark;
  return bytes;
}

function expectStatus(what: string, result: unknown, expected: Status): void {
  if (result !== expected) throw new Error(`${what}: ${statusName(Number(result))}, not ${statusName(expected)}`);
}
