// A list of packets inside a driver, oldest first, for a driver that has a lock of its own around it.
//
// Invariant: it owns the packets in it; whoever takes one out owns that one.
// It has no lock, no limit and nobody waits for it: for those see net-fifo.ts. Its accesses are recorded like those of any
// field, so forgetting the lock shows.

import { Fifo } from "#base/fifo";
import type { Kernel } from "#kernel/kernel";
import { KernelObject } from "#kernel/kernel-object";
import type { NetBuffer } from "#net/net-buffer";

/** Packets, oldest first. */
export class NetBufferList extends KernelObject {
  readonly #buffers: Fifo<NetBuffer> = new Fifo();

  constructor(kernel: Kernel, name: string) {
    super(kernel, name);
  }

  get type(): string {
    return "packet list";
  }

  get length(): number {
    this.reads();
    this.kernel.simulation.recorder?.read(this);
    return this.#buffers.length;
  }

  append(buffer: NetBuffer): void {
    if (this.kernel.simulation.closed) return;
    this.#changed(this.#buffers.length + 1);
    this.#buffers.push(buffer);
  }

  /** Takes the oldest one out; null when there is none. */
  take(): NetBuffer | null {
    if (this.length === 0 || this.kernel.simulation.closed) return null;
    this.#changed(this.#buffers.length - 1);
    return this.#buffers.shift() ?? null;
  }

  override stateWords(): string {
    return String(this.#buffers.length);
  }

  /** What is queued, for whoever looks at a machine and is no part of it: never recorded as a read. */
  get shown(): readonly NetBuffer[] {
    return this.#buffers.items;
  }

  enabled(): boolean {
    return true;
  }

  perform(): void {}

  #changed(length: number): void {
    this.changes();
    this.kernel.simulation.recorder?.access(this, length);
  }
}
