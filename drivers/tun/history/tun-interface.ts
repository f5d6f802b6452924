// The interface half of the tun drivers of 2023: the network device module `network/devices/tun/v1`.
//
// It is a kernel add-on of its own, opened by `ifconfig tap0 up`; it reaches the other half, the driver in
// /dev, only as any program would: it opens the node in the kernel's descriptor table, switches it to the
// interface's side with TUNSETIFF, and reads and writes. This is the module as it was merged in November 2023
// (facts: haiku.md, section 11). That the earlier drivers had the same module, but for the node that it opens,
// is reconstructed: it has not been handed down from the months before.
// What was wrong with it, and is kept:
//   - receive_data keeps the result of read() in an unsigned variable, so an error counts as a packet;
//   - the buffer is as long as the MTU, whatever was read, and is handed up whole;
//   - a packet as large as the MTU does not fit on tap, because the Ethernet header counts;
//   - init of a name that begins with "dns" leaks its device (nothing of the device is allocated here).
// Not modelled: buffers in several pieces (send_data would copy them). The random part of the hardware address
// is a constant here: a host's addresses are equal in every execution.

import {
  B_BAD_VALUE,
  B_FILE_ERROR,
  B_OK,
  EOPNOTSUPP,
  ETHER_HEADER_LENGTH,
  ETHER_TYPE_IP,
  IFF_ALLMULTI,
  IFF_BROADCAST,
  IFF_LINK,
  IFF_POINTOPOINT,
  IFM_ACTIVE,
  IFM_ETHER,
  IFT_ETHER,
  kernelFiles,
  NetBuffer,
  O_RDWR,
  shared,
  type Kernel,
  type NetworkDevice,
  type NetworkDeviceModule,
  type Shared,
  type Status,
  type Steps,
} from "#kernel-export";

/** The operation that switches an open of the node to the interface's side. */
export const TUNSETIFF = 9999 + 0x92;

const MTU = 1500;
const FRAME_SIZE = 1514;
const RANDOM_DIGIT = 7;

/** The module; its devices open the node `path`. */
export function tunInterfaceModule(kernel: Kernel, path: string): NetworkDeviceModule {
  return { name: "network/devices/tun/v1", initDevice: (name) => tun_init(kernel, path, name) };
}

/** tun_device: a net_device, and the descriptor behind it. The methods are the module's table of functions. */
class TunDevice implements NetworkDevice {
  readonly kernel: Kernel;
  readonly path: string;
  readonly name: string;
  readonly isTap: boolean;
  readonly type = IFT_ETHER;
  readonly flags: number;
  readonly media: number = IFM_ACTIVE | IFM_ETHER;
  readonly address = new Uint8Array(6).fill(RANDOM_DIGIT * 0x11);
  readonly headerLength = ETHER_HEADER_LENGTH;
  readonly #mtu: Shared<number>;
  /** -1 while the interface is down. No lock. */
  readonly fd: Shared<number>;

  constructor(kernel: Kernel, path: string, name: string) {
    this.kernel = kernel;
    this.path = path;
    this.name = name;
    this.isTap = name.startsWith("tap");
    this.flags = this.isTap ? IFF_BROADCAST | IFF_ALLMULTI | IFF_LINK : IFF_POINTOPOINT | IFF_LINK;
    this.address.set([0x00, 0xff]);
    this.#mtu = shared(kernel, MTU, `${name}.mtu`);
    this.fd = shared(kernel, -1, `${name}.fd`);
  }

  /** Bytes, the Ethernet header of tap included. */
  get mtu(): number {
    return this.#mtu.value;
  }

  uninit(): Steps<Status> {
    return tun_uninit(this);
  }

  up(): Steps<Status> {
    return tun_up(this);
  }

  down(): Steps<void> {
    return tun_down(this);
  }

  *control(): Steps<Status> {
    return B_BAD_VALUE;
  }

  sendData(buffer: NetBuffer): Steps<Status> {
    return tun_send_data(this, buffer);
  }

  receiveData(): Steps<NetBuffer | Status> {
    return tun_receive_data(this);
  }

  *setMtu(mtu: number): Steps<Status> {
    if (mtu > 65536 || mtu < 16) return B_BAD_VALUE;
    this.#mtu.value = mtu;
    return B_OK;
  }

  *setPromiscuous(): Steps<Status> {
    return EOPNOTSUPP;
  }

  *setMedia(): Steps<Status> {
    return EOPNOTSUPP;
  }
}

function* tun_init(kernel: Kernel, path: string, name: string): Steps<NetworkDevice | Status> {
  if (!name.startsWith("tun") && !name.startsWith("tap")) return B_BAD_VALUE;
  return new TunDevice(kernel, path, name);
}

function* tun_uninit(device: TunDevice): Steps<Status> {
  yield* kernelFiles(device.kernel).close(device.fd.value);
  return B_OK;
}

function* tun_up(device: TunDevice): Steps<Status> {
  const files = kernelFiles(device.kernel);
  const fd = yield* files.open(device.path, O_RDWR);
  if (fd < 0) return fd;
  device.fd.value = fd;
  yield* files.ioctl(fd, TUNSETIFF); // its result was never looked at
  return B_OK;
}

function* tun_down(device: TunDevice): Steps<void> {
  yield* kernelFiles(device.kernel).close(device.fd.value);
  device.fd.value = -1;
}

function* tun_send_data(device: TunDevice, buffer: NetBuffer): Steps<Status> {
  if (!device.isTap) buffer.removeHeader(ETHER_HEADER_LENGTH);
  if (buffer.size > device.mtu) return B_BAD_VALUE;
  const written = yield* kernelFiles(device.kernel).write(device.fd.value, buffer.bytes);
  if (written < 0) return written;
  buffer.free();
  return B_OK;
}

function* tun_receive_data(device: TunDevice): Steps<NetBuffer | Status> {
  const fd = device.fd.value;
  if (fd === -1) return B_FILE_ERROR;
  const data = new Uint8Array(FRAME_SIZE);
  yield* kernelFiles(device.kernel).read(fd, data); // an error is a large number of bytes here
  const bytes = data.subarray(0, device.mtu);
  return new NetBuffer(device.kernel, device.isTap ? bytes : withEthernetHeader(bytes));
}

// A TUN packet has no header of its own: one without addresses is put before it, and its type is always IPv4.
function withEthernetHeader(packet: Uint8Array): Uint8Array {
  const frame = new Uint8Array(ETHER_HEADER_LENGTH + packet.length);
  frame.set([ETHER_TYPE_IP >> 8, ETHER_TYPE_IP & 0xff], ETHER_HEADER_LENGTH - 2);
  frame.set(packet, ETHER_HEADER_LENGTH);
  return frame;
}
