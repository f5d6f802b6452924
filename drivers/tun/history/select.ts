// The tun driver of the second half of August 2023: a select hook, so that OpenVPN need not spin.
//
// What was wrong: `tun_notify`, which tells those who select, is called only from the app's own read and write. What the
// interface writes notifies nobody: an app that sleeps in poll hears of its packet when something else ends the poll.
// Whatever has queued up by then comes out of the byte stream in one piece, and of that the other end's stack keeps
// the first packet.
// What is seen: more than 2000 ms on average, and more than 60 % of the pings lost. Given up after two weeks.
//
// One condition variable, readWait, on which the interface's reader waits; app cookies have a pool and two flags.
// The queues are byte streams and have no lock (buffer-queue.ts).
// Facts: haiku.md, sections 0 and 10a. The hooks are handed down in words; open, ioctl and close are as in
// inverted-notify.ts.

import {
  B_BAD_VALUE,
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_OK,
  B_SELECT_READ,
  B_SELECT_WRITE,
  B_SET_NONBLOCKING_IO,
  B_WOULD_BLOCK,
  bool,
  ConditionVariable,
  defineDriver,
  mutex,
  NetBuffer,
  notifySelectEvent,
  O_NONBLOCK,
  pointer,
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
  readonly readWait: ConditionVariable;
}

const TunCookie = struct("tun_cookie", {
  name: text(),
  flags: uint32(),
  sendQueue: reference<BufferQueue>(),
  recvQueue: reference<BufferQueue>(),
  readLock: mutex(),

  // The app's half of the cookie.
  selectPool: pointer<SelectSyncPool>(),
  selectLock: mutex(),
  readable: bool(),
  writable: bool(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver with the first select hook. */
export const selectDriver: Driver = defineDriver({
  name: "tun",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gAppQueue: new BufferQueue(kernel, "gAppQueue"),
      gIntQueue: new BufferQueue(kernel, "gIntQueue"),
      readWait: new ConditionVariable(kernel, "readWait"),
    };
    const hooks: DeviceHooks<TunCookie> = {
      open: () => tun_open(globals),
      close: tun_close,
      free: (tun) => tun_free(globals, tun),
      ioctl: (tun, operation) => tun_ioctl(globals, tun, operation),
      read: (tun, _position, data) => tun_read(globals, tun, data),
      write: (tun, _position, data) => tun_write(globals, tun, data),
      select: (tun, event, sync) => tun_select(tun, event, sync),
      deselect: (tun, event, sync) => tun_deselect(tun, event, sync),
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
  tun.selectPool = new SelectSyncPool(globals.kernel, "tun select pool");
  tun.selectLock.init("select_lock");
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

/** The interface's side waits for a packet; the app takes what there is, and an empty queue is no error: 0 bytes. */
function* tun_read(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  if ((tun.flags & O_NONBLOCK) !== 0) {
    const numBytes = retrieve_packet(tun.recvQueue!, data);
    yield* tun_notify(tun);
    return numBytes;
  }
  yield* tun.readLock.lock();
  while (tun.recvQueue!.used === 0) {
    const status = yield* globals.readWait.wait(tun.readLock, B_CAN_INTERRUPT);
    if (status !== B_OK) {
      tun.readLock.unlock();
      return status;
    }
  }
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  tun.readLock.unlock();
  return numBytes;
}

/** Adds a packet. Only the non-blocking side tells anybody: what the interface writes is announced to no one. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  if (tun.sendQueue!.used + data.length >= BUFFER_QUEUE_MAX) return B_WOULD_BLOCK;
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  if ((tun.flags & O_NONBLOCK) !== 0) {
    yield* globals.readWait.notifyAll();
    yield* tun_notify(tun);
  }
  return data.length;
}

/** Notifies the cookie's own pool, of what was not so when it was called last. It takes no lock. */
function* tun_notify(tun: TunCookie): Steps<void> {
  const readable = tun.recvQueue!.used !== 0;
  const writable = tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if (readable && !tun.readable) yield* tun.selectPool!.notify(B_SELECT_READ);
  if (writable && !tun.writable) yield* tun.selectPool!.notify(B_SELECT_WRITE);
  tun.readable = readable;
  tun.writable = writable;
}

/** Adds to the pool, and notifies at once if the condition holds already. */
function* tun_select(tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  using _ = yield* tun.selectLock.guard();
  tun.selectPool!.add(sync, event);
  const isReady = event === B_SELECT_READ ? tun.recvQueue!.used !== 0 : tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if (isReady) yield* notifySelectEvent(sync, event);
  return B_OK;
}

function* tun_deselect(tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  using _ = yield* tun.selectLock.guard();
  return tun.selectPool!.remove(sync, event);
}
