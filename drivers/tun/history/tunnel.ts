// The tunnel device that Haiku ships today, the successor of the merged driver.
//
// One module for both halves, no descriptor between them: `ifconfig tap/N up` makes a device and publishes /dev/tap/N;
// each direction is a net_fifo of packets, the node opens once. What was wrong with merged.ts is mended.
// What is wrong: `tunnel_down` and `tunnel_close` wake their readers by releasing all who wait on the fifo's semaphore.
// That stores nothing, and the fifo's dequeue gives its lock back before it acquires the semaphore: a reader just
// between the two is not woken, and waits on.
// What is seen: rarely, `ifconfig tap/0 down` waits for ever for the interface's reader, which waits for a packet.
// Besides: reads block whatever O_NONBLOCK says; a device that is open when its interface is deleted stays behind,
// because the stack ignores the EBUSY of `tunnel_uninit`; a publish that fails leaves a freed device in gDevices.
//
// Not modelled: counters, media, promiscuous mode; running out of memory. The random part of a hardware address is
// a constant here. Our buffers carry no addresses: the first byte says whether a packet has an IP destination.
// Facts: haiku.md, section 12.

import {
  atomic,
  B_BAD_DATA,
  B_BAD_VALUE,
  B_DEV_INVALID_IOCTL,
  B_INTERRUPTED,
  B_OK,
  B_RELEASE_ALL,
  B_SELECT_READ,
  B_SELECT_WRITE,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  bool,
  defineDriver,
  EBUSY,
  EEXIST,
  ENAMETOOLONG,
  ENODEV,
  ENOSPC,
  ETHER_HEADER_LENGTH,
  IFF_ALLMULTI,
  IFF_BROADCAST,
  IFF_LINK,
  IFF_POINTOPOINT,
  IFM_ACTIVE,
  IFT_ETHER,
  IFT_TUNNEL,
  Mutex,
  mutex,
  NetBuffer,
  NetFifo,
  notifySelectEvent,
  O_NONBLOCK,
  publishDevice,
  reference,
  SelectSyncPool,
  shared,
  struct,
  text,
  uint32,
  unpublishDevice,
  type DeviceHooks,
  type Driver,
  type InstanceOf,
  type Kernel,
  type NetworkDevice,
  type SelectInfo,
  type Shared,
  type Status,
  type Steps,
} from "#kernel-export";

const FRAME_SIZE = 1514;
const TUNNEL_QUEUE_MAX = FRAME_SIZE * 32;
const NAME_LENGTH_MOST = 31;
/** Locally administered, for one receiver. */
const TAP_ADDRESS = [0x02, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e];

const TunnelDevice = struct("tunnel_device", {
  name: text(),
  isTap: bool(),
  mtu: uint32(),
  /** From the stack to the app, and from the app to the stack. */
  sendQueue: reference<NetFifo>(),
  receiveQueue: reference<NetFifo>(),
  openCount: atomic(),
  selectLock: mutex(),
  selectPool: reference<SelectSyncPool>(), // selectLock
});
type TunnelDevice = InstanceOf<typeof TunnelDevice>;

const TunnelCookie = struct("tunnel_cookie", { device: reference<TunnelDevice>(), flags: uint32() });
type TunnelCookie = InstanceOf<typeof TunnelCookie>;

/** Room for ten. */
const NO_DEVICES: readonly (TunnelDevice | null)[] = Array.from({ length: 10 }, () => null);

/** The driver's global variables. */
interface Globals {
  readonly kernel: Kernel;
  readonly gDevicesLock: Mutex;
  /** gDevicesLock. */
  readonly gDevices: Shared<readonly (TunnelDevice | null)[]>;
}

/** The tunnel device of today. */
export const tunnelDriver: Driver = defineDriver({
  name: "tunnel",
  load(kernel) {
    const globals: Globals = {
      kernel,
      gDevicesLock: new Mutex(kernel, "tunnel devices"),
      gDevices: shared(kernel, NO_DEVICES, "gDevices"),
    };
    const module = { name: "network/devices/tunnel/v1", initDevice: (name: string) => tunnel_init(globals, name) };
    return { networkModules: [module] };
  },
});

function find_tunnel_device(globals: Globals, name: string): TunnelDevice | null {
  return globals.gDevices.value.find((device) => device?.name === name) ?? null;
}

// --- The node in /dev ---

function deviceHooks(globals: Globals): DeviceHooks<TunnelCookie> {
  return {
    open: (name, flags) => tunnel_open(globals, name, flags),
    close: tunnel_close,
    free: (cookie) => tunnel_free(globals, cookie),
    ioctl: tunnel_control,
    read: tunnel_read,
    write: (cookie, _position, data) => tunnel_write(globals, cookie, data),
    select: tunnel_select,
    deselect: tunnel_deselect,
  };
}

function* tunnel_open(globals: Globals, name: string, flags: number): Steps<TunnelCookie | Status> {
  using _ = yield* globals.gDevicesLock.guard();
  const device = find_tunnel_device(globals, name);
  if (device === null) return ENODEV;
  if ((yield* device.openCount.or(1)) !== 0) return EBUSY;
  return globals.kernel.heap.new(TunnelCookie, { device, flags });
}

/** Wakes the readers that wait now; one that is about to wait is not among them. */
function* tunnel_close(cookie: TunnelCookie): Steps<Status> {
  yield* cookie.device!.sendQueue!.notify.release(B_INTERRUPTED, B_RELEASE_ALL);
  return B_OK;
}

function* tunnel_free(globals: Globals, cookie: TunnelCookie): Steps<Status> {
  yield* cookie.device!.openCount.and(0);
  globals.kernel.heap.delete(cookie);
  return B_OK;
}

/** Keeps O_NONBLOCK, at which nobody ever looks. */
function* tunnel_control(cookie: TunnelCookie, operation: number): Steps<Status> {
  if (operation === B_SET_NONBLOCKING_IO) cookie.flags |= O_NONBLOCK;
  else if (operation === B_SET_BLOCKING_IO) cookie.flags &= ~O_NONBLOCK;
  else return B_DEV_INVALID_IOCTL;
  return B_OK;
}

/** One packet; what does not fit into `data` is lost. */
function* tunnel_read(cookie: TunnelCookie, _position: number, data: Uint8Array): Steps<number> {
  const buffer = yield* cookie.device!.sendQueue!.dequeue();
  if (typeof buffer === "number") return buffer;
  const length = Math.min(data.length, buffer.size);
  data.set(buffer.bytes.subarray(0, length));
  buffer.free();
  return length;
}

/** One packet; ENOBUFS when the stack does not take them, also because the interface is down. */
function* tunnel_write(globals: Globals, cookie: TunnelCookie, data: Uint8Array): Steps<number> {
  const device = cookie.device!;
  if (!device.isTap && !isInternetPacket(data)) return B_BAD_DATA;
  const buffer = new NetBuffer(globals.kernel, data);
  const status = yield* device.receiveQueue!.enqueue(buffer);
  if (status === B_OK) return data.length;
  buffer.free();
  return status;
}

function* tunnel_select(cookie: TunnelCookie, event: number, sync: SelectInfo): Steps<Status> {
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  const device = cookie.device!;
  using selectLocker = yield* device.selectLock.guard();
  if (device.selectPool!.add(sync, event) !== B_OK) return B_BAD_VALUE;
  selectLocker.unlock();

  using _ = yield* device.sendQueue!.lock.guard();
  if (event === B_SELECT_WRITE || !device.sendQueue!.isEmpty) yield* notifySelectEvent(sync, event);
  return B_OK;
}

function* tunnel_deselect(cookie: TunnelCookie, event: number, sync: SelectInfo): Steps<Status> {
  using _ = yield* cookie.device!.selectLock.guard();
  if (event !== B_SELECT_READ && event !== B_SELECT_WRITE) return B_BAD_VALUE;
  return cookie.device!.selectPool!.remove(sync, event);
}

// --- The network device ---

function* tunnel_init(globals: Globals, name: string): Steps<NetworkDevice | Status> {
  const isTap = name.startsWith("tap/");
  if (!isTap && !name.startsWith("tun/")) return B_BAD_VALUE;
  if (name.length > NAME_LENGTH_MOST) return ENAMETOOLONG;

  const { kernel, gDevices } = globals;
  using devicesLocker = yield* globals.gDevicesLock.guard();
  if (find_tunnel_device(globals, name) !== null) return EEXIST;
  const free = gDevices.value.indexOf(null);
  if (free < 0) return ENOSPC;
  const device = kernel.heap.new(TunnelDevice);
  gDevices.value = gDevices.value.with(free, device);
  devicesLocker.unlock();

  device.name = name;
  device.isTap = isTap;
  device.mtu = FRAME_SIZE;
  device.sendQueue = new NetFifo(kernel, "tunnel send queue", TUNNEL_QUEUE_MAX);
  device.receiveQueue = new NetFifo(kernel, "tunnel receive queue", TUNNEL_QUEUE_MAX);
  device.selectLock.init("tunnel select lock");
  device.selectPool = new SelectSyncPool(kernel, "tunnel select pool");
  const status = yield* publishDevice(kernel, name, deviceHooks(globals));
  if (status !== B_OK) {
    kernel.heap.delete(device); // it stays in gDevices
    return status;
  }
  return networkDevice(globals, device);
}

function* tunnel_uninit(globals: Globals, device: TunnelDevice): Steps<Status> {
  using _ = yield* globals.gDevicesLock.guard();
  if ((yield* device.openCount.get()) !== 0) return EBUSY;
  const { kernel, gDevices } = globals;
  gDevices.value = gDevices.value.map((each) => (each === device ? null : each));
  const status = yield* unpublishDevice(kernel, device.name, false);
  if (status !== B_OK) kernel.panic(`devfs_unpublish_device failed: ${status}`);
  yield* device.sendQueue!.uninit();
  yield* device.receiveQueue!.uninit();
  yield* device.selectLock.destroy();
  kernel.heap.delete(device);
  return B_OK;
}

function* tunnel_up(): Steps<Status> {
  return B_OK;
}

/** Wakes the interface's reader if it waits now; if it is about to wait, it is not woken. */
function* tunnel_down(device: TunnelDevice): Steps<void> {
  yield* device.receiveQueue!.notify.release(B_INTERRUPTED, B_RELEASE_ALL);
}

function* tunnel_send_data(device: TunnelDevice, buffer: NetBuffer): Steps<Status> {
  if (!device.isTap && !isInternetPacket(buffer.bytes)) return B_BAD_DATA;
  const status = yield* device.sendQueue!.enqueue(buffer);
  using _ = yield* device.selectLock.guard();
  yield* device.selectPool!.notify(B_SELECT_READ);
  return status;
}

function tunnel_receive_data(device: TunnelDevice) {
  return device.receiveQueue!.dequeue();
}

/** The device as the stack sees it: the module's table of functions. */
function networkDevice(globals: Globals, device: TunnelDevice): NetworkDevice {
  const { isTap } = device;
  return {
    name: device.name,
    type: isTap ? IFT_ETHER : IFT_TUNNEL,
    flags: isTap ? IFF_BROADCAST | IFF_ALLMULTI | IFF_LINK : IFF_POINTOPOINT | IFF_LINK,
    media: IFM_ACTIVE,
    get mtu() {
      return device.mtu;
    },
    address: new Uint8Array(isTap ? TAP_ADDRESS : []),
    headerLength: isTap ? ETHER_HEADER_LENGTH : 0,
    uninit: () => tunnel_uninit(globals, device),
    up: tunnel_up,
    down: () => tunnel_down(device),
    *control() {
      return B_BAD_VALUE;
    },
    sendData: (buffer) => tunnel_send_data(device, buffer),
    receiveData: () => tunnel_receive_data(device),
    *setMtu(mtu) {
      if (mtu > 65536 || mtu < 16) return B_BAD_VALUE;
      device.mtu = mtu;
      return B_OK;
    },
  };
}

/** IPv4 or IPv6, by the version in the first half byte. */
function isInternetPacket(packet: Uint8Array): boolean {
  const version = (packet[0] ?? 0) >> 4;
  return version === 4 || version === 6;
}
