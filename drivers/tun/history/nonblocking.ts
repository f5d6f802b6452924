// The tun driver of mid-August 2023: the notify of inverted-notify.ts the right way round, and the app never waits.
//
// What was wrong: a non-blocking read of an empty queue gives 0 bytes at once, and there is no select hook, so poll says
// "ready" at once. A program with an event loop goes round and round.
// What is seen: pings in 2 to 9 ms, and OpenVPN takes 99 % of a CPU.
//
// One condition variable, gIntWait, on which every blocking reader waits, which is the interface's.
// The queues are byte streams and have no lock (buffer-queue.ts).
// Facts: haiku.md, sections 0 and 10a. Reconstructed as a whole, from the blog post of 17 August 2023: this code was
// never public. What is not told (open, ioctl, close as good as absent) is as in the tree of 18 August.

import {
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_OK,
  B_SET_NONBLOCKING_IO,
  B_WOULD_BLOCK,
  ConditionVariable,
  defineDriver,
  mutex,
  NetBuffer,
  O_NONBLOCK,
  reference,
  struct,
  text,
  uint32,
  type DeviceHooks,
  type Driver,
  type InstanceOf,
  type Kernel,
  type Status,
  type Steps,
} from "#kernel-export";
import { BufferQueue } from "#drivers/tun/history/buffer-queue";
import { TUNSETIFF, tunInterfaceModule } from "#drivers/tun/history/tun-interface";

const BUFFER_QUEUE_MAX = 30000;

/** The driver's global variables, none of which has a lock. */
interface Globals {
  readonly kernel: Kernel;
  /** Towards the app, and towards the interface. */
  readonly gAppQueue: BufferQueue;
  readonly gIntQueue: BufferQueue;
  readonly gIntWait: ConditionVariable;
}

const TunCookie = struct("tun_cookie", {
  name: text(),
  flags: uint32(),
  sendQueue: reference<BufferQueue>(),
  recvQueue: reference<BufferQueue>(),
  readLock: mutex(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver that is never waited for. */
export const nonblockingDriver: Driver = defineDriver({
  name: "tun",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gAppQueue: new BufferQueue(kernel, "gAppQueue"),
      gIntQueue: new BufferQueue(kernel, "gIntQueue"),
      gIntWait: new ConditionVariable(kernel, "gIntWait"),
    };
    const hooks: DeviceHooks<TunCookie> = {
      open: () => tun_open(globals),
      close: tun_close,
      free: (tun) => tun_free(globals, tun),
      ioctl: (tun, operation) => tun_ioctl(globals, tun, operation),
      read: (tun, _position, data) => tun_read(globals, tun, data),
      write: (tun, _position, data) => tun_write(globals, tun, data),
    };
    return {
      devices: ["tap0", "misc/tun_interface"],
      hooks,
      networkModules: [tunInterfaceModule(kernel, "/dev/misc/tun_interface")],
    };
  },
});

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

/** Every open begins on the app's side, blocking, whatever the flags. */
function* tun_open(globals: Globals): Steps<TunCookie> {
  const tun = globals.kernel.heap.new(TunCookie);
  tun.name = "app";
  tun.sendQueue = globals.gIntQueue;
  tun.recvQueue = globals.gAppQueue;
  tun.readLock.init("read_avail");
  return tun;
}

/** Nobody is told; `ifconfig down` hangs (silent-close.ts). */
function* tun_close(): Steps<Status> {
  return B_OK;
}

function* tun_free(globals: Globals, tun: TunCookie): Steps<Status> {
  globals.kernel.heap.delete(tun);
  return B_OK;
}

/** TUNSETIFF makes this open the interface's side. */
function* tun_ioctl(globals: Globals, tun: TunCookie, operation: number): Steps<Status> {
  switch (operation) {
    case TUNSETIFF:
      tun.name = "int";
      tun.sendQueue = globals.gAppQueue;
      tun.recvQueue = globals.gIntQueue;
      return B_OK;
    case B_SET_NONBLOCKING_IO:
      tun.flags |= O_NONBLOCK;
      return B_OK;
    default:
      return B_DEV_INVALID_IOCTL;
  }
}

/** A blocking reader waits for a packet; a non-blocking one takes what there is. */
function* tun_read(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  yield* tun.readLock.lock();
  if ((tun.flags & O_NONBLOCK) === 0) {
    while (tun.recvQueue!.used === 0) {
      const status = yield* globals.gIntWait.wait(tun.readLock, B_CAN_INTERRUPT);
      if (status !== B_OK) {
        tun.readLock.unlock();
        return status;
      }
    }
  }
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  tun.readLock.unlock();
  return numBytes;
}

/** Adds a packet; the non-blocking side, the app, wakes the interface's reader. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  if (tun.sendQueue!.used + data.length >= BUFFER_QUEUE_MAX) return B_WOULD_BLOCK;
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  if (tun.flags & O_NONBLOCK) yield* globals.gIntWait.notifyOne();
  return data.length;
}
