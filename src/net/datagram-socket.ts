// What all sockets that carry datagrams have in common: a queue of what has come, and who waits for it.
//
// Invariants:
//   - everything here is protected by the socket's own lock; whoever changes what a waiter looks at notifies him
//     under it;
//   - the queue has a limit in bytes, and drops what comes then;
//   - a socket that was closed takes nothing in, and everybody who waited is told so (B_FILE_ERROR).
// Locks that each packet takes are given back with `finally`, and not with `using`: compiled for this Node that costs as much as a step.
// Haiku's own sockets wait on a semaphore (net_socket, DatagramSocket); what a program sees is the same.

import {
  B_BAD_VALUE,
  B_DEV_INVALID_IOCTL,
  B_FILE_ERROR,
  B_INTERRUPTED,
  B_OK,
  B_WOULD_BLOCK,
  type Status,
} from "#base/status";
import { Fifo } from "#base/fifo";
import type { Kernel } from "#kernel/kernel";
import type { Steps } from "#kernel/operation";
import { B_CAN_INTERRUPT } from "#kernel/thread";
import { MSG_DONTWAIT, MSG_PEEK } from "#net/device-module";
import type { IPv4Address } from "#net/ipv4-address";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import {
  B_SELECT_ERROR,
  B_SELECT_READ,
  B_SELECT_WRITE,
  notifySelectEvent,
  SelectSyncPool,
  type SelectInfo,
} from "#sync/select-sync-pool";
import { Shared } from "#sync/shared";
import { O_NONBLOCK } from "#vfs/file-calls";
import type { OpenFile } from "#vfs/open-file";

/** Flags of receiving, beside MSG_PEEK and MSG_DONTWAIT: the datagram's whole length, also when it was cut. */
export const MSG_TRUNC = 0x10;

/** Bytes that may wait in a socket. */
export const RECEIVE_BUFFER_BYTES = 65_535;

/** An end of a conversation: sockaddr_in. Calls that tell an address fill one in. */
export interface SocketAddress {
  address: IPv4Address;
  port: number;
}

/** A datagram that has come. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Readonly<SocketAddress>;
}

export abstract class DatagramSocket implements OpenFile {
  readonly name: string;
  readonly hasPosition = false;
  readonly hasEnd = true;
  protected readonly kernel: Kernel;

  protected readonly lock: Mutex;
  // Protected by the lock.
  readonly #readable: ConditionVariable;
  readonly #selecting: SelectSyncPool;
  readonly #queue: Fifo<Datagram> = new Fifo();
  /** How many are in the queue: reading and writing this is what is recorded of it. */
  readonly #count: Shared<number>;
  #bytes = 0;
  readonly #isNonblocking: Shared<boolean>;
  readonly #isClosed: Shared<boolean>;
  /** An error that came for what was sent: the next call says it, once. */
  readonly #error: Shared<Status>;
  /** For show: recorded nowhere. */
  dropped = 0;

  constructor(kernel: Kernel, name: string, isNonblocking: boolean) {
    this.kernel = kernel;
    this.name = name;
    this.lock = new Mutex(kernel, name);
    this.#readable = new ConditionVariable(kernel, `${name} readable`);
    this.#selecting = new SelectSyncPool(kernel, `${name} select pool`);
    this.#count = new Shared(kernel, 0, `${name} queue`);
    this.#isNonblocking = new Shared(kernel, isNonblocking, `${name} nonblocking`);
    this.#isClosed = new Shared(kernel, false, `${name} closed`);
    this.#error = new Shared<Status>(kernel, B_OK, `${name} error`);
  }

  /** Sends one datagram; without an address to the peer. Bytes sent, or why not. */
  abstract send(bytes: Uint8Array, to: Readonly<SocketAddress> | null): Steps<number>;

  /** Nobody finds the socket any more. */
  protected abstract unregister(): Steps<void>;

  /** Takes the first datagram, waiting for one; what does not fit into `buffer` is lost. */
  *receive(buffer: Uint8Array, flags = 0, from: SocketAddress | null = null): Steps<number> {
    yield* this.lock.lock();
    try {
      while (!this.#isClosed.value && this.#count.value === 0 && this.#error.value === B_OK) {
        if (this.#isNonblocking.value || (flags & MSG_DONTWAIT) !== 0) return B_WOULD_BLOCK;
        const status = yield* this.#readable.wait(this.lock, B_CAN_INTERRUPT);
        if (status === B_INTERRUPTED) return status;
      }
      if (this.#isClosed.value) return B_FILE_ERROR;
      return this.#error.value === B_OK ? this.#takeFirst(buffer, flags, from) : this.takeError();
    } finally {
      this.lock.unlock();
    }
  }

  #takeFirst(buffer: Uint8Array, flags: number, from: SocketAddress | null): number {
    const { first } = this.#queue;
    if (first === undefined) return B_WOULD_BLOCK;
    if ((flags & MSG_PEEK) === 0) this.#removeFirst(first);
    const length = Math.min(first.bytes.length, buffer.length);
    buffer.set(length < first.bytes.length ? first.bytes.subarray(0, length) : first.bytes);
    if (from !== null) {
      from.address = first.from.address;
      from.port = first.from.port;
    }
    return (flags & MSG_TRUNC) !== 0 ? first.bytes.length : length;
  }

  /** The stack has a datagram for this socket. `bytes` are the socket's from now on. */
  *deliver(bytes: Uint8Array, from: Readonly<SocketAddress>): Steps<void> {
    yield* this.lock.lock();
    try {
      if (this.#isClosed.value || !this.#append({ bytes, from })) {
        this.dropped++;
        return;
      }
      yield* this.#readable.notifyOne();
      yield* this.#selecting.notify(B_SELECT_READ);
    } finally {
      this.lock.unlock();
    }
  }

  /** The stack has heard that something that was sent did not get there. */
  *fail(status: Status): Steps<void> {
    using _ = yield* this.lock.guard();
    if (this.#isClosed.value) return;
    this.#error.value = status;
    yield* this.#readable.notifyAll();
    yield* this.#selecting.notify(B_SELECT_READ);
    yield* this.#selecting.notify(B_SELECT_ERROR);
  }

  /** With the lock: the error that waits to be told, which is then told. */
  protected takeError(): Status {
    const status = this.#error.value;
    if (status !== B_OK) this.#error.value = B_OK;
    return status;
  }

  #append(datagram: Datagram): boolean {
    const count = this.#count.value;
    if (this.kernel.simulation.closed || this.#bytes + datagram.bytes.length > RECEIVE_BUFFER_BYTES) return false;
    this.#count.value = count + 1;
    this.#queue.push(datagram);
    this.#bytes += datagram.bytes.length;
    return true;
  }

  #removeFirst(first: Datagram): void {
    if (this.kernel.simulation.closed) return;
    this.#count.value--;
    this.#queue.shift();
    this.#bytes -= first.bytes.length;
  }

  #clear(): void {
    if (this.kernel.simulation.closed) return;
    this.#count.value = 0;
    this.#queue.takeAll();
    this.#bytes = 0;
  }

  // --- as a file ---

  opened(): void {}

  *close(): Steps<void> {
    yield* this.unregister();
    using _ = yield* this.lock.guard();
    this.#isClosed.value = true;
    this.#clear();
    yield* this.#readable.notifyAll(B_FILE_ERROR);
  }

  *free(): Steps<void> {}

  read(_position: number, buffer: Uint8Array): Steps<number> {
    return this.receive(buffer);
  }

  write(_position: number, bytes: Uint8Array): Steps<number> {
    return this.send(bytes, null);
  }

  *ioctl(): Steps<Status> {
    return B_DEV_INVALID_IOCTL;
  }

  *setFlags(flags: number): Steps<Status> {
    using _ = yield* this.lock.guard();
    this.#isNonblocking.value = (flags & O_NONBLOCK) !== 0;
    return B_OK;
  }

  *select(event: number, info: SelectInfo): Steps<Status> {
    if (event !== B_SELECT_READ && event !== B_SELECT_WRITE && event !== B_SELECT_ERROR) return B_BAD_VALUE;
    yield* this.lock.lock();
    try {
      this.#selecting.add(info, event);
      if (this.#isReady(event)) yield* notifySelectEvent(info, event);
      return B_OK;
    } finally {
      this.lock.unlock();
    }
  }

  *deselect(event: number, info: SelectInfo): Steps<void> {
    yield* this.lock.lock();
    this.#selecting.remove(info, event);
    this.lock.unlock();
  }

  // Sending never waits, so writing is always possible.
  #isReady(event: number): boolean {
    if (event === B_SELECT_WRITE) return true;
    const hasError = this.#error.value !== B_OK;
    return event === B_SELECT_ERROR ? hasError : hasError || this.#isClosed.value || this.#count.value > 0;
  }
}
