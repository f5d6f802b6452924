// The driver of the interfaces at the ends of links: what a network card's driver is to the stack.

import { B_BAD_VALUE, B_BUSY, B_OK, EMSGSIZE, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import {
  ETHER_HEADER_LENGTH,
  IFF_BROADCAST,
  IFF_LINK,
  IFF_POINTOPOINT,
  IFM_ACTIVE,
  IFM_ETHER,
  IFT_ETHER,
  IFT_TUNNEL,
  type NetworkDevice,
  type NetworkDeviceModule,
} from "#net/device-module";
import { NetBuffer } from "#net/net-buffer";
import type { Port } from "#net/port";
import { Shared } from "#sync/shared";

/** The media subtype of 1000BASE-T. */
const IFM_1000_T = 16;

/** The module for all ports of a host, by the names of their interfaces. */
export function linkModule(kernel: Kernel, ports: ReadonlyMap<string, Port>): NetworkDeviceModule {
  const inUse = new Shared<readonly string[]>(kernel, [], "ports in use");
  return {
    name: "network/devices/link/v1",
    *initDevice(name) {
      const port = ports.get(name);
      if (port === undefined) return B_BAD_VALUE;
      if (inUse.value.includes(name)) return B_BUSY;
      inUse.value = [...inUse.value, name];
      return new LinkDevice(kernel, name, port, () => {
        inUse.value = inUse.value.filter((each) => each !== name);
      });
    },
  };
}

class LinkDevice implements NetworkDevice {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly media: number;
  readonly address: Uint8Array;
  readonly headerLength: number;
  readonly #kernel: Kernel;
  readonly #port: Port;
  readonly #mtu: Shared<number>;
  readonly #whenGone: () => void;

  constructor(kernel: Kernel, name: string, port: Port, whenGone: () => void) {
    const isEthernet = port.link.type === "ethernet";
    this.name = name;
    this.type = isEthernet ? IFT_ETHER : IFT_TUNNEL;
    this.flags = IFF_LINK | (isEthernet ? IFF_BROADCAST : IFF_POINTOPOINT);
    this.media = IFM_ACTIVE | (isEthernet ? IFM_ETHER | IFM_1000_T : 0);
    this.address = port.hardwareAddress;
    this.headerLength = isEthernet ? ETHER_HEADER_LENGTH : 0;
    this.#kernel = kernel;
    this.#port = port;
    this.#mtu = new Shared(kernel, port.link.mtu, `${name} mtu`);
    this.#whenGone = whenGone;
  }

  get mtu(): number {
    return this.#mtu.value;
  }

  set mtu(mtu: number) {
    this.#mtu.value = mtu;
  }

  *uninit(): Steps<Status> {
    this.#whenGone();
    return B_OK;
  }

  *up(): Steps<Status> {
    return yield* this.#port.switch(true);
  }

  *down(): Steps<void> {
    yield* this.#port.switch(false);
  }

  *sendData(buffer: NetBuffer): Steps<Status> {
    if (buffer.size > this.mtu + this.headerLength) return EMSGSIZE;
    const status = yield* this.#port.transmit(buffer.bytes);
    if (status === B_OK) buffer.free();
    return status;
  }

  *receiveData(): Steps<NetBuffer | Status> {
    const received = yield* this.#port.receive();
    return typeof received === "number" ? received : new NetBuffer(this.#kernel, received, "copied");
  }

  /** Between IPv4's least and what the link carries. */
  *setMtu(mtu: number): Steps<Status> {
    if (mtu < 68 || mtu > this.#port.link.mtu) return B_BAD_VALUE;
    this.mtu = mtu;
    return B_OK;
  }
}
