// The tun driver of June and July 2023: a semaphore for receiving and one for sending on each side.
//
// What was wrong: a writer takes its own send semaphore, which only a reader of the other side gives back, after it
// has taken a packet. A reader that is killed while it waits never gives it back. A full queue keeps it taken too,
// and while the other side is absent a writer polls for it every ten milliseconds, for ever.
// What is seen: "deadlocks" (blog post of 27 July 2023): after a crash of the reading program the first write
// passes, the second waits for ever. It was the reason for the move to condition variables.
//
// An open's side is told by the node's name: programs open tap0, the interface opens misc/tun_interface. The
// semaphores are create_sem's, known to both sides by global variables.
// The cookie dies in `tun_close`, under whoever is inside: a fault too, but not this driver's story.
// Facts: haiku.md, sections 0 and 10a. Reconstructed: that send begins at 1 and receive at 0, that `tun_read` returns
// the acquire's error and releases nothing, and that `tun_close` leaves the semaphores behind.

import {
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_ERROR,
  B_OK,
  defineDriver,
  NetBuffer,
  reference,
  Semaphore,
  shared,
  struct,
  text,
  type DeviceHooks,
  type Driver,
  type InstanceOf,
  type Kernel,
  type Shared,
  type Status,
  type Steps,
} from "#kernel-export";
import { BufferQueue } from "#drivers/tun/history/buffer-queue";
import { tunInterfaceModule } from "#drivers/tun/history/tun-interface";

const BUFFER_QUEUE_MAX = 30000;
/** Microseconds between two looks whether the other side is there. */
const PEER_POLL_US = 10_000;

/** The semaphores of one side; null until somebody has opened it. No lock. */
interface Side {
  readonly receive: Shared<Semaphore | null>;
  readonly send: Shared<Semaphore | null>;
}

/** The driver's global variables. */
interface Globals {
  readonly kernel: Kernel;
  /** Towards the app, and towards the interface. No lock. */
  readonly gAppQueue: BufferQueue;
  readonly gIntQueue: BufferQueue;
  readonly gApp: Side;
  readonly gInt: Side;
}

const TunCookie = struct("tun_cookie", {
  name: text(),
  sendQueue: reference<BufferQueue>(),
  recvQueue: reference<BufferQueue>(),
  receiveSem: reference<Semaphore>(),
  sendSem: reference<Semaphore>(),
  /** Where the peer's semaphores are found, once there is a peer. */
  peer: reference<Side>(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver whose semaphores a killed reader leaves taken. */
export const semaphoresDriver: Driver = defineDriver({
  name: "tun",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gAppQueue: new BufferQueue(kernel, "gAppQueue"),
      gIntQueue: new BufferQueue(kernel, "gIntQueue"),
      gApp: makeSide(kernel, "app"),
      gInt: makeSide(kernel, "interface"),
    };
    const hooks: DeviceHooks<TunCookie> = {
      open: (name) => tun_open(globals, name),
      close: (tun) => tun_close(globals, tun),
      free: tun_free,
      ioctl: tun_ioctl,
      read: tun_read,
      write: (tun, _position, data) => tun_write(globals, tun, data),
    };
    return {
      devices: ["tap0", "misc/tun_interface"],
      hooks,
      networkModules: [tunInterfaceModule(kernel, "/dev/misc/tun_interface")],
    };
  },
});

function makeSide(kernel: Kernel, name: string): Side {
  return {
    receive: shared<Semaphore | null>(kernel, null, `${name} receive semaphore id`),
    send: shared<Semaphore | null>(kernel, null, `${name} send semaphore id`),
  };
}

/** Copies the first bytes of the queue, whichever packets they are of; 0 when it is empty. */
function retrieve_packet(queue: BufferQueue, data: Uint8Array): number {
  if (queue.used === 0) return 0;
  const buffer = queue.get(data.length);
  if (buffer === null) return 0;
  data.set(buffer.bytes);
  const numBytes = buffer.size;
  buffer.free();
  return numBytes;
}

/** Makes the semaphores of this open, which become its side's. */
function* tun_open(globals: Globals, name: string): Steps<TunCookie> {
  const tun = globals.kernel.heap.new(TunCookie);
  const isApp = name === "tap0";
  const side = isApp ? globals.gApp : globals.gInt;
  tun.name = isApp ? "app" : "int";
  tun.sendQueue = isApp ? globals.gIntQueue : globals.gAppQueue;
  tun.recvQueue = isApp ? globals.gAppQueue : globals.gIntQueue;
  tun.receiveSem = new Semaphore(globals.kernel, 0, `tun ${tun.name} receive`);
  tun.sendSem = new Semaphore(globals.kernel, 1, `tun ${tun.name} send`);
  tun.peer = isApp ? globals.gInt : globals.gApp;
  side.receive.value = tun.receiveSem;
  side.send.value = tun.sendSem;
  return tun;
}

/** The semaphores stay behind. */
function* tun_close(globals: Globals, tun: TunCookie): Steps<Status> {
  globals.kernel.heap.delete(tun);
  return B_OK;
}

function* tun_free(): Steps<Status> {
  return B_OK;
}

function* tun_ioctl(): Steps<Status> {
  return B_DEV_INVALID_IOCTL;
}

/** Waits for a packet, takes it, and lets the peer send the next one; a wait that failed lets nobody send. */
function* tun_read(tun: TunCookie, _position: number, data: Uint8Array): Steps<number> {
  const status = yield* tun.receiveSem!.acquire(1, B_CAN_INTERRUPT);
  if (status !== B_OK) return status;
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  const peerSend = tun.peer!.send.value;
  if (peerSend !== null) yield* peerSend.release(); // without a peer: an error that nobody looked at
  return numBytes;
}

/** One packet at a time: the next write waits until the peer has read this one. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  yield* tun.sendSem!.acquire();
  if (tun.sendQueue!.used + data.length >= BUFFER_QUEUE_MAX) return B_ERROR; // the semaphore stays taken
  let peerReceive = tun.peer!.receive.value;
  while (peerReceive === null) {
    yield* globals.kernel.snooze(PEER_POLL_US);
    peerReceive = tun.peer!.receive.value;
  }
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  yield* peerReceive.release();
  return data.length;
}
