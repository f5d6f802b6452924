// ARP: which hardware address has an IPv4 address (facts: haiku.md, section 10; RFC 826; arp.cpp).
//
// Invariants:
//   - packets for an address that is not resolved yet wait in its entry, and leave in the order in which they came:
//     the entry becomes valid only when none is left;
//   - each unresolved entry has one resolver, a thread, which sends up to five requests a second apart; after
//     that the address is refused (EHOSTUNREACH) for twenty seconds, and the senders of what waited are told by ICMP;
//   - entries are for one interface, and go when it goes down.
// Not modelled while exploring: the end of an entry by its age. Published and permanent entries, defended addresses.

import { B_OK, B_TIMED_OUT, EHOSTUNREACH, ENOBUFS, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import type { Operation, Steps } from "#kernel/operation";
import { B_RELATIVE_TIMEOUT } from "#kernel/thread";
import { ARP_REPLY, ARP_REQUEST, buildArpPacket, parseArpPacket, type ArpPacket } from "#net/arp-packet";
import { ETHER_HEADER_LENGTH, ETHER_TYPE_ARP, ETHER_TYPE_IP } from "#net/device-module";
import { ETHER_ADDRESS_LENGTH, ETHER_BROADCAST, isGroupAddress, writeEthernetHeader } from "#net/ethernet";
import type { Interface } from "#net/interface";
import type { Interfaces } from "#net/interfaces";
import { formatIPv4, isOneHost, type IPv4Address } from "#net/ipv4-address";
import { NetBuffer } from "#net/net-buffer";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";

/** Microseconds between requests, and for which an entry lasts. */
const REQUEST_INTERVAL = 1_000_000;
const REQUESTS_MOST = 5;
const VALID_FOR = 30 * 60 * 1_000_000;
const REFUSED_FOR = 20 * 1_000_000;

/** Packets that wait for one address. */
const WAITING_MOST = 32;

/** One resolved, or to be resolved, address. */
export interface ArpEntry {
  readonly interface: Interface;
  readonly address: IPv4Address;
  readonly state: "resolving" | "valid" | "refused";
  readonly hardware: Uint8Array | null;
  readonly waiting: readonly NetBuffer[];
  /** When it came into this state, in microseconds. */
  readonly since: number;
}

export class Arp {
  readonly #kernel: Kernel;
  readonly #interfaces: Interfaces;
  readonly #lock: Mutex;
  // Protected by the lock.
  readonly #entries: Shared<readonly ArpEntry[]>;
  #unreachable: (packet: NetBuffer) => Steps<void> = nobodyTells;
  /** Notified when an entry is no longer being resolved. */
  readonly #resolved: ConditionVariable;

  constructor(kernel: Kernel, interfaces: Interfaces) {
    this.#kernel = kernel;
    this.#interfaces = interfaces;
    this.#lock = new Mutex(kernel, "arp cache");
    this.#entries = new Shared<readonly ArpEntry[]>(kernel, [], "arp cache");
    this.#resolved = new ConditionVariable(kernel, "arp resolved");
  }

  /** Who is told of each packet that waited in vain, while the host boots. The buffer stays the cache's. */
  whenUnreachable(handler: (packet: NetBuffer) => Steps<void>): void {
    this.#unreachable = handler;
  }

  /**
   * Sends an IPv4 packet to `nextHop`, at once or when its hardware address is known. Takes the buffer in any
   * case. EHOSTUNREACH while the address is refused, ENOBUFS when too many wait for it, or what the device says.
   */
  *send(from: Interface, source: IPv4Address, nextHop: IPv4Address, packet: NetBuffer): Steps<Status> {
    const guard = yield* this.#lock.guard();
    const entry = this.#find(from, nextHop);
    if (entry?.state === "valid" && entry.hardware !== null) {
      guard.unlock();
      return yield* sendEthernet(from, entry.hardware, ETHER_TYPE_IP, packet);
    }
    if (entry?.state === "refused" || (entry?.waiting.length ?? 0) >= WAITING_MOST) {
      guard.unlock();
      packet.free();
      return entry?.state === "refused" ? EHOSTUNREACH : ENOBUFS;
    }
    if (entry === null) {
      this.#put({ ...this.#made(from, nextHop, "resolving", null), waiting: [packet] });
      from.references.value++;
      const name = `arp ${formatIPv4(nextHop)}`;
      this.#kernel.spawn(name, () => this.#resolve(from, source, nextHop), { daemon: true });
    } else this.#put({ ...entry, waiting: [...entry.waiting, packet] });
    guard.unlock();
    return B_OK;
  }

  /** An ARP packet has come in on `via`, whose own addresses are these. The buffer stays the caller's. */
  *receive(via: Interface, own: readonly IPv4Address[], buffer: NetBuffer): Steps<void> {
    const packet = parseArpPacket(buffer.bytes);
    if (packet === null || isGroupAddress(packet.senderHardware) || own.includes(packet.sender)) return;
    if (packet.sender !== 0 && !isOneHost(packet.sender)) return;
    const isForUs = own.includes(packet.target);
    // Whoever has no address yet only asks whether another one has it (RFC 5227): he is told, and not remembered.
    if (packet.sender !== 0) yield* this.#learn(via, packet, isForUs);
    if (packet.operation !== ARP_REQUEST || !isForUs) return;
    const { address } = via.deviceInterface.device;
    const reply = buildArpPacket({
      operation: ARP_REPLY,
      senderHardware: address,
      sender: packet.target,
      targetHardware: packet.senderHardware,
      target: packet.sender,
    });
    yield* sendEthernet(via, packet.senderHardware, ETHER_TYPE_ARP, this.#buffer(reply));
  }

  /** The interface has gone down: its entries go, and what waited in them. */
  *forget(gone: Interface): Steps<void> {
    if (!this.#entries.value.some((each) => each.interface === gone)) return;
    using _ = yield* this.#lock.guard();
    for (const entry of this.#entries.value) {
      if (entry.interface === gone) for (const packet of entry.waiting) packet.free();
    }
    this.#entries.value = this.#entries.value.filter((each) => each.interface !== gone);
    yield* this.#resolved.notifyAll();
  }

  /** The cache as it is now. */
  *list(): Steps<readonly ArpEntry[]> {
    using _ = yield* this.#lock.guard();
    return this.#entries.value;
  }

  // The thread of an unresolved entry. It has a reference to the interface.
  *#resolve(from: Interface, source: IPv4Address, address: IPv4Address): Steps<void> {
    for (let requests = 0; requests < REQUESTS_MOST; requests++) {
      yield* this.#request(from, source, address);
      if (yield* this.#waitForReply(from, address)) break;
    }
    const unsent = yield* this.#giveUp(from, address);
    for (const packet of unsent) {
      yield* this.#unreachable(packet);
      packet.free();
    }
    yield* this.#interfaces.release(from);
  }

  // Nobody has answered: what waited is the caller's. Nothing, when somebody did.
  *#giveUp(from: Interface, address: IPv4Address): Steps<readonly NetBuffer[]> {
    using _ = yield* this.#lock.guard();
    const entry = this.#find(from, address);
    if (entry?.state !== "resolving" || entry.hardware !== null) return [];
    this.#put(this.#made(from, address, "refused", null));
    return entry.waiting;
  }

  *#request(from: Interface, source: IPv4Address, target: IPv4Address): Steps<void> {
    const request = buildArpPacket({
      operation: ARP_REQUEST,
      senderHardware: from.deviceInterface.device.address,
      sender: source,
      targetHardware: new Uint8Array(ETHER_ADDRESS_LENGTH),
      target,
    });
    yield* sendEthernet(from, ETHER_BROADCAST, ETHER_TYPE_ARP, this.#buffer(request));
  }

  // True when nobody needs to ask any more.
  *#waitForReply(from: Interface, address: IPv4Address): Steps<boolean> {
    using _ = yield* this.#lock.guard();
    while (this.#isUnanswered(from, address)) {
      const status = yield* this.#resolved.wait(this.#lock, B_RELATIVE_TIMEOUT, REQUEST_INTERVAL);
      if (status === B_TIMED_OUT) return !this.#isUnanswered(from, address);
    }
    return true;
  }

  #isUnanswered(from: Interface, address: IPv4Address): boolean {
    const entry = this.#find(from, address);
    return entry?.state === "resolving" && entry.hardware === null;
  }

  // Somebody has said who he is: known entries follow, and if he asked for us we shall need his address.
  *#learn(via: Interface, { sender, senderHardware }: ArpPacket, isForUs: boolean): Steps<void> {
    const guard = yield* this.#lock.guard();
    const entry = this.#find(via, sender);
    if (entry === null || entry.state !== "resolving") {
      if (entry !== null || isForUs) this.#put(this.#made(via, sender, "valid", senderHardware));
      return guard.unlock();
    }
    this.#put({ ...entry, hardware: senderHardware });
    yield* this.#resolved.notifyAll();
    guard.unlock();
    yield* this.#flush(via, sender, senderHardware);
  }

  // What waited leaves, and what comes to wait meanwhile; only then may others overtake.
  *#flush(via: Interface, address: IPv4Address, hardware: Uint8Array): Steps<void> {
    for (;;) {
      const guard = yield* this.#lock.guard();
      const entry = this.#find(via, address);
      if (entry === null || entry.state !== "resolving") return guard.unlock();
      const { waiting } = entry;
      if (waiting.length === 0) this.#put(this.#made(via, address, "valid", hardware));
      else this.#put({ ...entry, waiting: [] });
      guard.unlock();
      if (waiting.length === 0) return;
      for (const packet of waiting) yield* sendEthernet(via, hardware, ETHER_TYPE_IP, packet);
    }
  }

  // --- with the lock ---

  // An entry that has become too old is none.
  #find(via: Interface, address: IPv4Address): ArpEntry | null {
    const entry = this.#entries.value.find((each) => each.address === address && each.interface === via);
    if (entry === undefined) return null;
    const age = this.#now() - entry.since;
    if (entry.state === "valid" && age > VALID_FOR) return null;
    return entry.state === "refused" && age > REFUSED_FOR ? null : entry;
  }

  #put(entry: ArpEntry): void {
    const others = this.#entries.value.filter(
      (each) => each.address !== entry.address || each.interface !== entry.interface,
    );
    this.#entries.value = [...others, entry];
  }

  #made(via: Interface, address: IPv4Address, state: ArpEntry["state"], hardware: Uint8Array | null): ArpEntry {
    return { interface: via, address, state, hardware, waiting: [], since: this.#now() };
  }

  // While exploring there is no age.
  #now(): number {
    const { simulation } = this.#kernel;
    return simulation.scheduler.adversarial ? 0 : simulation.now();
  }

  #buffer(payload: Uint8Array): NetBuffer {
    return new NetBuffer(this.#kernel, payload);
  }
}

function* nobodyTells(): Steps<void> {}

/** Puts a packet into a frame and sends it. Takes the buffer in any case. */
export function sendEthernet(
  from: Interface,
  destination: Uint8Array,
  frameType: number,
  packet: NetBuffer,
): Operation<Status> {
  const { deviceInterface } = from;
  packet.addHeader(ETHER_HEADER_LENGTH);
  writeEthernetHeader(packet.bytes, destination, deviceInterface.device.address, frameType);
  return deviceInterface.send(packet);
}
