// One end of a link: the network card, whose interrupts wake the reader of its interface.
//
// Invariants:
//   - packets wait here in the order of their arrival; one that is still on its way is not received;
//   - a port that is switched off receives nothing, has nothing, and its reader is told so (B_FILE_ERROR);
//   - each transmission is one step, which writes this port and those where the packet will arrive.
// Time: the first packet on its way is the deadline of whoever waits; the timer's interrupt is the card's.

import { B_FILE_ERROR, B_OK, EMSGSIZE, ENETDOWN, ENOBUFS, type Status } from "#base/status";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import { OperationKind, type Operation } from "#kernel/operation";
import type { Thread } from "#kernel/thread";
import type { Link } from "#net/link";

/** Packets that a card keeps for its reader. */
const RING_MOST = 1024;

interface Arrival {
  readonly bytes: Uint8Array;
  /** Microseconds. */
  readonly time: number;
}

export class Port extends KernelObject {
  readonly link: Link;
  /** The hardware address; empty on a point-to-point link. */
  readonly hardwareAddress: Uint8Array;
  #isOn = false;
  #arrivals: Arrival[] = [];
  /** When the last packet will have left, in microseconds. */
  #busyUntil = 0;
  #reader: Thread | null = null;

  constructor(kernel: Kernel, name: string, link: Link, address: Uint8Array) {
    super(kernel, name);
    this.link = link;
    this.hardwareAddress = address;
    link.ports.push(this);
  }

  get type(): string {
    return "port";
  }

  /** Sends a packet: B_OK, also when it will get lost; ENOBUFS when too much waits to be sent; ENETDOWN. */
  transmit(bytes: Uint8Array): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.portTransmit, this, 0, 0, bytes);
  }

  /** Waits for a packet: its bytes, or B_FILE_ERROR when the port is off. */
  receive(): Operation<Uint8Array | Status> {
    return this.kernel.simulation.operate(OperationKind.portReceive, this);
  }

  /** Switches the port on or off. */
  switch(isOn: boolean): Operation<Status> {
    return this.kernel.simulation.operate(OperationKind.portSwitch, this, isOn ? 1 : 0);
  }

  // --- called by the link ---

  /** A packet will be here at `time`; false when there is no room for it. One that was held up may be overtaken. */
  arrive(bytes: Uint8Array, time: number, isHeldUp: boolean): boolean {
    this.takes();
    if (!this.#isOn || this.#arrivals.length >= RING_MOST) return false;
    this.kernel.simulation.changed = true;
    const { adversarial } = this.kernel.simulation.scheduler;
    // While exploring there are no times: that the one before is held up shows when this one passes it.
    let place = this.#arrivals.length;
    if (adversarial) place -= isHeldUp && place > 0 ? 1 : 0;
    else while (place > 0 && (this.#arrivals[place - 1]?.time ?? 0) > time) place--;
    this.#arrivals.splice(place, 0, { bytes, time });
    if (place === 0 && this.#reader !== null) this.#alert(this.#reader, time, adversarial);
    return true;
  }

  // --- called by the kernel ---

  enabled(thread: Thread): boolean {
    if (thread.pendingKind !== OperationKind.portReceive || !this.kernel.simulation.scheduler.adversarial) return true;
    return !this.#isOn || this.#arrivals.length > 0;
  }

  override availability(): number {
    return this.#isOn ? this.#arrivals.length : Number.POSITIVE_INFINITY;
  }

  override abandon(thread: Thread): void {
    if (this.#reader === thread) this.#reader = null;
  }

  perform(thread: Thread): void {
    switch (thread.pendingKind) {
      case OperationKind.portTransmit:
        return thread.complete(this.#transmit(thread.argumentObject as Uint8Array));
      case OperationKind.portReceive:
        return this.#receive(thread);
      default:
        return this.#switch(thread, thread.argument === 1);
    }
  }

  #transmit(bytes: Uint8Array): Status {
    const { link } = this;
    const { simulation } = this.kernel;
    this.takes();
    if (!this.#isOn) return ENETDOWN;
    const headerLength = link.type === "ethernet" ? 14 : 0;
    if (bytes.length > link.mtu + headerLength) return EMSGSIZE;
    simulation.changed = true;
    if (simulation.scheduler.adversarial) {
      link.carry(simulation, this, bytes, 0);
      return B_OK;
    }
    const now = simulation.now();
    const starts = Math.max(now, this.#busyUntil);
    if (starts - now > link.sendingTime(link.queueBytes)) return ENOBUFS;
    this.#busyUntil = starts + link.sendingTime(bytes.length);
    link.carry(simulation, this, bytes, this.#busyUntil);
    return B_OK;
  }

  #receive(thread: Thread): void {
    const { simulation } = this.kernel;
    this.takes();
    if (!this.#isOn) return thread.complete(B_FILE_ERROR);
    const first = this.#arrivals[0];
    if (first !== undefined && (simulation.scheduler.adversarial || first.time <= simulation.now())) {
      this.#arrivals.shift();
      simulation.changed = true;
      return thread.complete(first.bytes);
    }
    thread.block(this, 0, first?.time ?? Number.POSITIVE_INFINITY);
    thread.continuationKind = OperationKind.portReceive;
    thread.continuationObject = this;
    this.#reader = thread;
  }

  #switch(thread: Thread, isOn: boolean): void {
    this.takes();
    if (this.#isOn !== isOn) this.kernel.simulation.changed = true;
    this.#isOn = isOn;
    this.#arrivals = [];
    this.#wake();
    thread.complete(B_OK);
  }

  // Somebody waits, and a packet will come before all others.
  #alert(reader: Thread, time: number, adversarial: boolean): void {
    if (adversarial || reader.hasDeadline) return this.#wake();
    reader.deadline = time;
    this.kernel.simulation.scheduler.blocked(reader);
  }

  #wake(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.wake(B_OK);
  }
}
