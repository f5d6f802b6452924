// The tun driver of 31 August 2023, as the summer ended: select given up, and a read that waits for a while.
//
// What was wrong: the app's loop has one thread. While it waits in the driver for a packet from the interface, one that
// has come on its socket waits too, until the time is up; and a loop whose read comes back every now and then is never
// idle.
// What is seen: it works. Pings take as long as the timeout lets them, and a quiet tunnel uses some of the CPU.
//
// Two condition variables, gAppWait and gIntWait: one for each side's readers.
// The queues are byte streams and have no lock (buffer-queue.ts).
// Facts: haiku.md, section 0 (31 August). Reconstructed: only that there was a timeout is told, not how long it was; the
// ten milliseconds here are ours. The rest is as in inverted-notify.ts.

import {
  B_CAN_INTERRUPT,
  B_DEV_INVALID_IOCTL,
  B_OK,
  B_RELATIVE_TIMEOUT,
  B_SET_NONBLOCKING_IO,
  B_TIMED_OUT,
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

/** Microseconds that the app waits for a packet. */
const READ_TIMEOUT = 10_000;

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
  readLock: mutex(),
});
type TunCookie = InstanceOf<typeof TunCookie>;

/** The driver whose app waits for a while. */
export const timeoutDriver: Driver = defineDriver({
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

/** The interface's reader waits for a packet; the app waits too, but not for long, and then has 0 bytes. */
function* tun_read(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  yield* tun.readLock.lock();
  while (tun.recvQueue!.used === 0) {
    const status =
      tun.name === "app"
        ? yield* globals.gAppWait.wait(tun.readLock, B_CAN_INTERRUPT | B_RELATIVE_TIMEOUT, READ_TIMEOUT)
        : yield* globals.gIntWait.wait(tun.readLock, B_CAN_INTERRUPT);
    if (status === B_TIMED_OUT) break;
    if (status !== B_OK) {
      tun.readLock.unlock();
      return status;
    }
  }
  const numBytes = retrieve_packet(tun.recvQueue!, data);
  tun.readLock.unlock();
  return numBytes;
}

/** Adds a packet, and wakes a reader of the other side. */
function* tun_write(globals: Globals, tun: TunCookie, data: Uint8Array): Steps<number> {
  if (tun.sendQueue!.used + data.length >= BUFFER_QUEUE_MAX) return B_WOULD_BLOCK;
  tun.sendQueue!.add(new NetBuffer(globals.kernel, data));
  yield* (tun.name === "app" ? globals.gIntWait : globals.gAppWait).notifyOne();
  return data.length;
}
