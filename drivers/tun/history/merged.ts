// The tun driver as it was merged into Haiku in November 2023, and replaced within days.
//
// What was wrong, and what is seen:
//   - a packet is added and its reader notified without the reader's lock. A reader that has found the queue empty and
//     does not wait yet never hears of it: it sleeps with a packet in the queue (scenario merged-data);
//   - `tun_close` notifies in the same way, and nothing tells a reader that comes later that the descriptor is closed:
//     `ifconfig tap/0 down` can wait for ever for the interface's reader (merged-close). The snooze(10), "due to a lock
//     timing issue", is ten microseconds and helps against neither;
//   - the queue is a byte stream: packets come out merged or cut (merged-packets, buffer-queue.ts);
//   - TUNSETIFF destroys selectLock, which select takes on any open (merged-tunsetiff); a second TUNSETIFF panics;
//   - O_NONBLOCK is known only by fcntl, and there is no way back; a read on an empty queue then gives 0, not
//     B_WOULD_BLOCK; which side an open is of is guessed from it, so a blocking app's writes wake nobody.
// Good in it: the cookie dies in `tun_free`.
//
// Every reader waits on the one gIntWait; all opens share one select pool, which only select and deselect lock, each
// with the lock of its own cookie. The node is tap/0, whatever the interface is called.
// Facts: haiku.md, section 11: handed down hook by hook.

import {
  B_BAD_VALUE,
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_ERROR,
  B_OK,
  B_SELECT_READ,
  B_SELECT_WRITE,
  B_SET_NONBLOCKING_IO,
  B_WOULD_BLOCK,
  ConditionVariable,
  defineDriver,
  mutex,
  NetBuffer,
  notifySelectEvent,
  O_NONBLOCK,
  reference,
  SelectSyncPool,
  struct,
  text,
  uint32,
  type DeviceHooks,
  type Driver,
  type InstanceOf,
  type Kernel,
  type SelectInfo,
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
  /** Never initialised: zero-filled memory works as an empty condition variable. */
  readonly gIntWait: ConditionVariable;
  /** Empty stands for the null pointer that it is then. */
  readonly gSelectPool: SelectSyncPool;
}

const TunCookie = struct("tun_cookie", {
  name: text(),
  flags: uint32(),
  sendQueue: reference<BufferQueue>(),
  recvQueue: reference<BufferQueue>(),
  readWait: reference<ConditionVariable>(),
  readLock: mutex(),
  selectLock: mutex(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver as merged. */
export const mergedDriver: Driver = defineDriver({
  name: "tun",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gAppQueue: new BufferQueue(kernel, "gAppQueue"),
      gIntQueue: new BufferQueue(kernel, "gIntQueue"),
      gIntWait: new ConditionVariable(kernel, "gIntWait"),
      gSelectPool: new SelectSyncPool(kernel, "gSelectPool"),
    };
    const hooks: DeviceHooks<TunCookie> = {
      open: () => tun_open(globals),
      close: (tun) => tun_close(globals, tun),
      free: (tun) => tun_free(globals, tun),
      ioctl: (tun, operation) => tun_ioctl(globals, tun, operation),
      read: (tun, _position, data) => tun_read(globals, tun, data),
      write: (tun, _position, data) => tun_write(globals, tun, data),
      select: (tun, event, sync) => tun_select(globals, tun, event, sync),
      deselect: (tun, event, sync) => tun_deselect(globals, tun, event, sync),
    };
    return { devices: ["tap/0"], hooks, networkModules: [tunInterfaceModule(kernel, "/dev/tap/0")] };
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

function* notify_select_helper(globals: Globals, readable: boolean, writable: boolean): Steps<void> {
  if (readable) yield* globals.gSelectPool.notify(B_SELECT_READ);
  if (writable) yield* globals.gSelectPool.notify(B_SELECT_WRITE);
}

/** Tells the app's side what is possible, from either side, without a lock: a blocking open must be the interface. */
function* tun_notify(globals: Globals, tun: TunCookie): Steps<void> {
  if (globals.gSelectPool.isEmpty) return;
  const readable = tun.recvQueue!.used > 0;
  const writable = tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if ((tun.flags & O_NONBLOCK) !== 0) yield* notify_select_helper(globals, readable, writable);
  else yield* notify_select_helper(globals, writable, readable);
}

/** Every open begins on the app's side, blocking, whatever the flags. */
function* tun_open(globals: Globals): Steps<TunCookie> {
  const tun = globals.kernel.heap.new(TunCookie);
  tun.name = "app";
  tun.sendQueue = globals.gIntQueue;
  tun.recvQueue = globals.gAppQueue;
  tun.readWait = globals.gIntWait;
  tun.readLock.init("read_avail");
  tun.selectLock.init("select_lock");
  return tun;
}

/** Wakes every reader of every open, and hopes. */
function* tun_close(globals: Globals, tun: TunCookie): Steps<Status> {
  if ((tun.flags & O_NONBLOCK) === 0) {
    yield* tun.readWait!.notifyAll(B_ERROR);
    yield* globals.kernel.snooze(10); // microseconds; the comment there said 10ms
  }
  return B_OK;
}

function* tun_free(globals: Globals, tun: TunCookie): Steps<Status> {
  yield* tun.readLock.destroy();
  if ((tun.flags & O_NONBLOCK) !== 0) yield* tun.selectLock.destroy();
  globals.kernel.heap.delete(tun);
  return B_OK;
}

/** TUNSETIFF makes this open the interface's side, which was never meant to be selected on. */
function* tun_ioctl(globals: Globals, tun: TunCookie, operation: number): Steps<Status> {
  switch (operation) {
    case TUNSETIFF:
      tun.name = "int";
      tun.sendQueue = globals.gAppQueue;
      tun.recvQueue = globals.gIntQueue;
      yield* tun.selectLock.destroy();
      tun.selectLock.fill(0);
      return B_OK;
    case B_SET_NONBLOCKING_IO:
      tun.flags |= O_NONBLOCK;
      return B_OK;
    default:
      return B_DEV_INVALID_IOCTL;
  }
}

/** A blocking reader waits for bytes; a non-blocking one takes what there is. */
function* tun_read(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  using _ = yield* tun.readLock.guard();
  if ((tun.flags & O_NONBLOCK) === 0) {
    while (tun.recvQueue!.used === 0) {
      const status = yield* tun.readWait!.wait(tun.readLock, B_CAN_INTERRUPT);
      if (status !== B_OK) return status;
    }
  }
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  yield* tun_notify(globals, tun);
  return numBytes;
}

/** Adds a packet and, from the non-blocking side, wakes a reader: all without the reader's lock. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  const used = tun.sendQueue!.used;
  if (used + data.length >= BUFFER_QUEUE_MAX) return B_WOULD_BLOCK;
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  if ((tun.flags & O_NONBLOCK) !== 0) yield* tun.readWait!.notifyOne();
  yield* tun_notify(globals, tun);
  return data.length;
}

function* tun_select(globals: Globals, tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  using _ = yield* tun.selectLock.guard();
  const isReadable = tun.recvQueue!.used > 0;
  const isWritable = tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  if (globals.gSelectPool.add(sync, event) !== B_OK) return B_BAD_VALUE;
  if (event === B_SELECT_READ && isReadable) yield* notifySelectEvent(sync, event);
  if (event === B_SELECT_WRITE && isWritable) yield* notifySelectEvent(sync, event);
  return B_OK;
}

function* tun_deselect(globals: Globals, tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  using _ = yield* tun.selectLock.guard();
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  return globals.gSelectPool.remove(sync, event);
}
