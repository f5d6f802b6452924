// The tun driver of the author's public tree of 18 August 2023: the panic of notify-in-close.ts, cured by a pause.
//
// What was wrong: between waking the readers and deleting the cookie, `tun_close` sleeps for ten microseconds. That
// makes the closing thread block, so the reader, whose priority is higher, runs first. Nothing obliges it to: on a
// reader that is delayed by more than the pause the cookie is freed under its feet as before.
// What is seen: nothing at all, nearly always; rarely the same panic, `value deadbeef`.
//
// Two condition variables, gAppWait and gIntWait: one for each side's readers. A packet is added to the other side's
// queue, then one of its readers is notified; neither happens under the reader's lock.
// The queues are byte streams and have no lock (buffer-queue.ts).
// Facts: haiku.md, sections 0, 9 and 10a: this one is handed down hook by hook, but for `tun_select`.

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
  bool,
  ConditionVariable,
  defineDriver,
  mutex,
  NetBuffer,
  notifySelectEvent,
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
  /** Where the app's readers wait, and the interface's. */
  readonly gAppWait: ConditionVariable;
  readonly gIntWait: ConditionVariable;
}

const TunCookie = struct("tun_cookie", {
  name: text(),
  flags: uint32(),
  sendQueue: reference<BufferQueue>(),
  recvQueue: reference<BufferQueue>(),
  readWait: reference<ConditionVariable>(),
  writeWait: reference<ConditionVariable>(),
  readLock: mutex(),
  // No lock for these three, which only this open's own calls use.
  selectPool: reference<SelectSyncPool>(),
  readable: bool(),
  writable: bool(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver whose close hook notifies, sleeps and then frees the cookie. */
export const snoozeInCloseDriver: Driver = defineDriver({
  name: "tun",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gAppQueue: new BufferQueue(kernel, "gAppQueue"),
      gIntQueue: new BufferQueue(kernel, "gIntQueue"),
      gAppWait: new ConditionVariable(kernel, "gAppWait"),
      gIntWait: new ConditionVariable(kernel, "gIntWait"),
    };
    const hooks: DeviceHooks<TunCookie> = {
      open: () => tun_open(globals),
      close: (cookie) => tun_close(globals, cookie),
      free: tun_free,
      ioctl: (cookie, operation) => tun_ioctl(globals, cookie, operation),
      read: tun_read,
      write: (cookie, _position, data) => tun_write(globals, cookie, data),
      select: tun_select,
      deselect: tun_deselect,
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

/** Tells the own pool of what has become possible since the last time. Takes no lock. */
function* tun_notify(tun: TunCookie): Steps<void> {
  const readable = tun.recvQueue!.used > 0;
  const writable = tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if (!tun.readable && readable) yield* tun.selectPool!.notify(B_SELECT_READ);
  tun.readable = readable;
  if (!tun.writable && writable) yield* tun.selectPool!.notify(B_SELECT_WRITE);
  tun.writable = writable;
}

/** Every open begins on the app's side, blocking, whatever the flags. */
function* tun_open(globals: Globals): Steps<TunCookie> {
  const tun = globals.kernel.heap.new(TunCookie);
  tun.name = "app";
  tun.sendQueue = globals.gIntQueue;
  tun.recvQueue = globals.gAppQueue;
  tun.readWait = globals.gAppWait;
  tun.writeWait = globals.gIntWait;
  tun.readLock.init("read_avail");
  tun.selectPool = new SelectSyncPool(globals.kernel, "tun select pool");
  return tun;
}

/** Wakes this side's readers, hopes that ten microseconds are enough for them, and frees what they use. */
function* tun_close(globals: Globals, tun: TunCookie): Steps<Status> {
  yield* tun.readWait!.notifyAll(B_ERROR);
  yield* globals.kernel.snooze(10);
  globals.kernel.heap.delete(tun);
  return B_OK;
}

function* tun_free(): Steps<Status> {
  return B_OK;
}

/** TUNSETIFF makes this open the interface's side. */
function* tun_ioctl(globals: Globals, tun: TunCookie, operation: number): Steps<Status> {
  switch (operation) {
    case TUNSETIFF:
      tun.name = "int";
      tun.sendQueue = globals.gAppQueue;
      tun.recvQueue = globals.gIntQueue;
      tun.readWait = globals.gIntWait;
      tun.writeWait = globals.gAppWait;
      return B_OK;
    case B_SET_NONBLOCKING_IO:
      tun.flags |= B_SET_NONBLOCKING_IO; // the operation's code, used as a mask
      return B_OK;
    default:
      return B_DEV_INVALID_IOCTL;
  }
}

/** Waits for a packet, also when the open is non-blocking. */
function* tun_read(tun: TunCookie, _position: number, data: Uint8Array): Steps<number> {
  yield* tun.readLock.lock();
  while (tun.recvQueue!.used === 0) {
    const status = yield* tun.readWait!.wait(tun.readLock, B_CAN_INTERRUPT);
    if (status !== B_OK) {
      tun.readLock.unlock();
      return status;
    }
  }
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  if (numBytes < 0) return numBytes; // with readLock held
  if ((tun.flags & B_SET_NONBLOCKING_IO) !== 0) yield* tun_notify(tun);
  tun.readLock.unlock();
  return numBytes;
}

/** Adds a packet and wakes a reader of the other side, without its lock. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  const used = tun.sendQueue!.used;
  if (used + data.length >= BUFFER_QUEUE_MAX) return B_WOULD_BLOCK;
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  yield* tun.writeWait!.notifyOne();
  if ((tun.flags & B_SET_NONBLOCKING_IO) !== 0) yield* tun_notify(tun);
  return data.length;
}

/** Reconstructed: what this hook did besides adding to the pool is known from the driver of two weeks later. */
function* tun_select(tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  if (tun.selectPool!.add(sync, event) !== B_OK) return B_BAD_VALUE;
  const ready = event === B_SELECT_READ ? tun.recvQueue!.used > 0 : tun.sendQueue!.used < BUFFER_QUEUE_MAX;
  if (ready) yield* notifySelectEvent(sync, event);
  return B_OK;
}

/** A WRITE entry stays in the pool after its select has ended. */
function* tun_deselect(tun: TunCookie, event: number, sync: SelectInfo): Steps<Status> {
  if (event !== B_SELECT_READ) return B_BAD_VALUE;
  return tun.selectPool!.remove(sync, event);
}
