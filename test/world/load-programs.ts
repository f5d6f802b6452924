// Programs at the ends of tunnels, and the account of every packet that they send each other.
//
// A packet says which tunnel it is of, who wrote it and which number it has there; its length and all its bytes follow
// from that. So whoever gets it sees what is wrong with it. (Accounts are an observer's: no thread goes by them.)
import { readUint32, writeUint32 } from "#base/bytes";
import {
  B_BAD_DATA,
  B_BAD_VALUE,
  B_BUSY,
  B_FILE_ERROR,
  B_IO_ERROR,
  B_NOT_ALLOWED,
  B_OK,
  B_WOULD_BLOCK,
  EMSGSIZE,
  ENOBUFS,
} from "#base/status";
import { TUNHANGUP, TUNSETIFF } from "#drivers/tun/ioctl";
import type { Steps } from "#kernel/operation";
import { B_SET_BLOCKING_IO, O_NONBLOCK, O_RDWR } from "#vfs/file-calls";
import type { UserTeam } from "#vfs/user-team";

/** One thing that a program does with its descriptor. */
export type Act =
  | { readonly act: "write"; readonly count: number }
  | { readonly act: "read"; readonly count: number; readonly most: number }
  | { readonly act: "write wrong" | "reopen" | "hang up" | "close under" };

/** What one program does, and at which end of which tunnel. */
export interface Actor {
  readonly node: number;
  readonly side: "app" | "interface";
  readonly acts: readonly Act[];
}

export const PATHS = ["/dev/tap/tap0", "/dev/tun/tun1", "/dev/tap/tap2"] as const;
const LABEL = 20;
const LENGTH_MOST = 1_400;

/** What was seen of one direction of a tunnel; written by threads and read only when all is over. */
export interface Account {
  written: number;
  arrived: number;
  cut: number;
}

export class Tunnel {
  readonly path: string;
  readonly number: number;
  readonly app: Account = { written: 0, arrived: 0, cut: 0 };
  readonly interface: Account = { written: 0, arrived: 0, cut: 0 };
  readonly #seen = new Set<string>();

  constructor(number: number) {
    this.number = number;
    this.path = PATHS[number] ?? "";
  }

  /** A packet has come out at one side, into a buffer of `most` bytes; `last` is of the descriptor that it came through. */
  arrived(side: "app" | "interface", bytes: Uint8Array, most: number, last: Map<number, number>): void {
    const [writer, number] = [readUint32(bytes, LABEL + 4), readUint32(bytes, LABEL + 8)];
    const name = `packet ${number} of program ${writer}`;
    check(readUint32(bytes, LABEL) === this.number, `${name} came out of another tunnel`);
    check(number > (last.get(writer) ?? -1), `${name} came too late`);
    check(!this.#seen.has(`${writer} ${number}`), `${name} came twice`);
    const whole = packetOf(this.number, writer, number);
    check(Buffer.compare(bytes, whole.subarray(0, most)) === 0, `${name} was changed`);
    last.set(writer, number);
    this.#seen.add(`${writer} ${number}`);
    this[side].arrived++;
    if (bytes.length < whole.length) this[side].cut++;
  }
}

/** Cheaper than `expect`, for what is looked at for each packet. */
function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** A program with one descriptor. */
export class Program {
  readonly #tunnel: Tunnel;
  readonly #number: number;
  readonly #actor: Actor;
  readonly #team: UserTeam;
  /** The last packet from each writer that came through this descriptor. */
  #last = new Map<number, number>();
  #sent = 0;
  #fd = -1;
  /** Which end the descriptor is now; the other end gets what it writes. */
  #side: "app" | "interface" = "app";

  constructor(tunnel: Tunnel, number: number, actor: Actor, team: UserTeam) {
    this.#tunnel = tunnel;
    this.#number = number;
    this.#actor = actor;
    this.#team = team;
  }

  *run(): Steps<void> {
    yield* this.#open();
    for (const act of this.#actor.acts) yield* this.#perform(act);
    yield* this.#close();
  }

  *#perform(act: Act): Steps<void> {
    switch (act.act) {
      case "write":
        for (let each = 0; each < act.count; each++) yield* this.#write();
        return;
      case "read":
        for (let each = 0; each < act.count; each++) yield* this.#read(act.most);
        return;
      case "write wrong":
        return yield* this.#writeWrong();
      case "reopen":
        yield* this.#close();
        return yield* this.#open();
      case "hang up":
        return yield* this.#hangUp();
      case "close under":
        return yield* this.#closeUnder();
    }
  }

  *#open(): Steps<void> {
    this.#fd = yield* this.#team.open(this.#tunnel.path, O_RDWR | O_NONBLOCK);
    check(this.#fd >= 0, `open gave ${this.#fd}`);
    this.#side = "app";
    this.#last = new Map();
    if (this.#actor.side === "interface") yield* this.#takeInterface();
  }

  *#close(): Steps<void> {
    const status = yield* this.#team.close(this.#fd);
    check(status === B_OK, `close gave ${status}`);
  }

  // Somebody else may be the interface already; then this one goes on as the app.
  *#takeInterface(): Steps<void> {
    const status = yield* this.#team.ioctl(this.#fd, TUNSETIFF);
    check(status === B_OK || status === B_BUSY, `TUNSETIFF gave ${status}`);
    if (status === B_OK) this.#side = "interface";
  }

  // Whoever has hung up reads and writes nothing, until it is an end again.
  *#hangUp(): Steps<void> {
    const status = yield* this.#team.ioctl(this.#fd, TUNHANGUP);
    if (this.#side === "app") return check(status === B_NOT_ALLOWED, `TUNHANGUP of the app's end gave ${status}`);
    check(status === B_OK, `TUNHANGUP gave ${status}`);
    const read = yield* this.#team.read(this.#fd, new Uint8Array(64));
    check(read === B_FILE_ERROR, `a read after TUNHANGUP gave ${read}`);
    yield* this.#close();
    yield* this.#open();
  }

  // Another thread closes the descriptor while this one waits in it.
  *#closeUnder(): Steps<void> {
    const team = this.#team;
    const fd = this.#fd;
    check((yield* team.ioctl(fd, B_SET_BLOCKING_IO)) === B_OK, "B_SET_BLOCKING_IO failed");
    const closer = team.spawn("closer", () => team.close(fd));
    while (yield* this.#read(2_048));
    yield* team.kernel.waitForThread(closer);
    check(closer.result === B_OK, `close gave ${String(closer.result)}`);
    yield* this.#open();
  }

  *#write(): Steps<void> {
    const number = this.#sent++;
    const written = yield* this.#team.write(this.#fd, packetOf(this.#tunnel.number, this.#number, number));
    this.#tunnel[this.#side === "app" ? "interface" : "app"].written++;
    const isWhole = written === lengthOf(this.#number, number);
    check(isWhole || written === ENOBUFS || written === B_IO_ERROR, `write gave ${written}`);
  }

  *#writeWrong(): Steps<void> {
    const isTap = this.#tunnel.path.startsWith("/dev/tap");
    const short = yield* this.#team.write(this.#fd, isTap ? new Uint8Array(13) : Uint8Array.of(0x50, 0));
    check(short === (isTap ? B_BAD_VALUE : B_BAD_DATA), `a wrong packet gave ${short}`);
    const long = yield* this.#team.write(this.#fd, new Uint8Array(70_000));
    check(long === EMSGSIZE, `a packet too long gave ${long}`);
  }

  /** One packet, if there is one; false when the descriptor is closed. */
  *#read(most: number): Steps<boolean> {
    const buffer = new Uint8Array(most);
    const length = yield* this.#team.read(this.#fd, buffer);
    if (length < 0) check(length === B_WOULD_BLOCK || length === B_FILE_ERROR, `read gave ${length}`);
    else this.#tunnel.arrived(this.#side, buffer.subarray(0, length), most, this.#last);
    return length !== B_FILE_ERROR;
  }
}

function lengthOf(writer: number, number: number): number {
  return LABEL + 12 + ((number * 7_919 + writer * 104_729) % (LENGTH_MOST - LABEL - 12));
}

function packetOf(tunnel: number, writer: number, number: number): Uint8Array {
  const bytes = new Uint8Array(lengthOf(writer, number)).fill(number * 31 + writer);
  bytes[0] = 0x45; // a tunnel without frames looks at it
  writeUint32(bytes, LABEL, tunnel);
  writeUint32(bytes, LABEL + 4, writer);
  writeUint32(bytes, LABEL + 8, number);
  return bytes;
}
