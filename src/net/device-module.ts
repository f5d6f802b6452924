// The contract between the network stack and the drivers of network devices: net_device_module_info
// (facts: haiku.md, section 10).

import type { Status } from "#base/status";
import type { Operation, Steps } from "#kernel/operation";
import type { NetBuffer } from "#net/net-buffer";

/** Interface flags. */
export const IFF_UP = 1;
export const IFF_BROADCAST = 2;
export const IFF_LOOPBACK = 8;
export const IFF_POINTOPOINT = 0x10;
export const IFF_NOARP = 0x40;
export const IFF_AUTOUP = 0x80;
export const IFF_PROMISC = 0x100;
export const IFF_ALLMULTI = 0x200;
export const IFF_LINK = 0x1000;
export const IFF_AUTO_CONFIGURED = 0x2000;
export const IFF_CONFIGURING = 0x4000;

/** Hardware types. */
export const IFT_ETHER = 6;
export const IFT_LOOP = 0x18;
export const IFT_TUNNEL = 0x83;

export const IFM_ETHER = 0x20;
export const IFM_ACTIVE = 0x800000;

/** What the monitors of a device are told. */
export const B_DEVICE_GOING_UP = 1;
export const B_DEVICE_GOING_DOWN = 2;
export const B_DEVICE_BEING_REMOVED = 3;

/** Flags of taking a packet from a fifo: look at it without taking it; do not wait for one. */
export const MSG_PEEK = 0x02;
export const MSG_DONTWAIT = 0x80;

/** Ethernet: the types of frames that the stack knows, and the length of the header in bytes. */
export const ETHER_TYPE_IP = 0x0800;
export const ETHER_TYPE_ARP = 0x0806;
export const ETHER_TYPE_IPV6 = 0x86dd;
export const ETHER_HEADER_LENGTH = 14;

/** A device that a module has initialised for one interface name. */
export interface NetworkDevice {
  /** The interface's name: "tap0", "tap/0". */
  readonly name: string;
  readonly type: number;
  /** IFF_ flags that the device itself brings. */
  readonly flags: number;
  readonly media: number;
  /** Bytes. */
  mtu: number;
  /** The hardware address; empty when there is none. */
  readonly address: Uint8Array;
  /** Bytes of the link layer's header. */
  readonly headerLength: number;

  /** uninit_device; the stack ignores the result. */
  uninit(): Steps<Status>;
  up(): Steps<Status>;
  down(): Steps<void>;
  control?(operation: number, argument: unknown): Steps<Status>;
  /** Sends a packet; on B_OK the device has freed the buffer, else the caller still owns it. */
  sendData(buffer: NetBuffer): Operation<Status>;
  /** Waits for a packet, which the caller then owns; an error otherwise. */
  receiveData(): Operation<NetBuffer | Status>;
  setMtu?(mtu: number): Steps<Status>;
  setPromiscuous?(promiscuous: boolean): Steps<Status>;
  setMedia?(media: number): Steps<Status>;
}

/** A network device module. */
export interface NetworkDeviceModule {
  /** "network/devices/tun/v1" */
  readonly name: string;
  /** init_device: the first module that gives a device for the name has it; B_BAD_VALUE: not mine. */
  initDevice(name: string): Steps<NetworkDevice | Status>;
}
