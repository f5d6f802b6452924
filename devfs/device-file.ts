// An open device: from the vfs' calls to the driver's hooks, with devfs' own answers in between
// (facts: haiku.md, section 7; devfs.cpp).
//
// The cookie is the driver's; the node lives on when its name is gone. What close, free and deselect return is
// ignored, as in Haiku.

import {
  B_BAD_ADDRESS,
  B_BAD_VALUE,
  B_ENTRY_NOT_FOUND,
  B_NOT_ALLOWED,
  B_OK,
  B_UNSUPPORTED,
  ERANGE,
  type Status,
} from "#base/status";
import type { Devfs } from "#devfs/devfs";
import { checkCookie, checkCount, checkStatus, steps } from "#devfs/hook-calls";
import type { DeviceHooks } from "#devfs/hooks";
import type { DeviceNode } from "#devfs/tree";
import { Block } from "#kernel/block";
import { given } from "#kernel/at-once";
import type { Operation, Steps } from "#kernel/operation";
import { B_SELECT_READ, B_SELECT_WRITE, notifySelectEvent, type SelectInfo } from "#sync/select-sync-pool";
import type { Descriptor } from "#vfs/descriptor";
import {
  B_GET_DRIVER_FOR_DEVICE,
  B_GET_PARTITION_INFO,
  B_GET_PATH_FOR_DEVICE,
  B_SET_BLOCKING_IO,
  B_SET_NONBLOCKING_IO,
  B_SET_PARTITION,
  O_NONBLOCK,
} from "#vfs/file-calls";
import type { OpenFile } from "#vfs/open-file";

/** Calls the node's open hook. */
export function* openDevice(devfs: Devfs, node: DeviceNode, flags: number): Steps<OpenFile | Status> {
  const { recorder } = devfs.kernel.simulation;
  recorder?.enter(`open hook of /dev/${node.path}`);
  const given = yield* steps(node, "open", node.hooks.open(node.path, flags));
  const cookie = checkCookie(node, given);
  if (recorder !== null) {
    const status = typeof cookie === "number" ? cookie : B_OK;
    recorder.leave(`open hook of /dev/${node.path}`, status, blockOf(cookie));
  }
  return typeof cookie === "number" ? cookie : new DeviceFile(devfs, node, cookie);
}

class DeviceFile implements OpenFile {
  readonly name: string;
  readonly hasPosition: boolean;
  readonly hasEnd: boolean;
  readonly #devfs: Devfs;
  readonly #node: DeviceNode;
  readonly #hooks: DeviceHooks;
  readonly #isPlain: boolean;
  readonly cookie: object;
  #descriptor: Descriptor | null = null;

  constructor(devfs: Devfs, node: DeviceNode, cookie: object) {
    this.name = `/dev/${node.path}`;
    this.hasPosition = node.hooks.isStream !== true;
    this.hasEnd = node.hooks.close !== undefined || node.hooks.free !== undefined;
    this.#devfs = devfs;
    this.#node = node;
    this.#hooks = node.hooks;
    this.#isPlain = devfs.kernel.simulation.isPlain;
    this.cookie = cookie;
  }

  opened(descriptor: Descriptor): void {
    this.#descriptor = descriptor;
    this.#devfs.addDescriptor(this.#node, descriptor);
  }

  *close(): Steps<void> {
    if (this.#hooks.close === undefined) return;
    this.#enter("close");
    yield* steps(this.#node, "close", this.#hooks.close(this.cookie));
    this.#leave("close", B_OK);
  }

  *free(): Steps<void> {
    if (this.#descriptor !== null) this.#devfs.removeDescriptor(this.#node, this.#descriptor);
    if (this.#hooks.free === undefined) return;
    this.#enter("free");
    yield* steps(this.#node, "free", this.#hooks.free(this.cookie));
    this.#devfs.kernel.simulation.recorder?.leave(`free hook of ${this.name}`, B_OK, blockOf(this.cookie));
  }

  read(position: number, buffer: Uint8Array): Operation<number> {
    if (buffer.length === 0) return atOnce(0);
    if (this.#hooks.read === undefined) return atOnce(B_UNSUPPORTED);
    this.#enter("read");
    const called = steps(this.#node, "read", this.#hooks.read(this.cookie, position, buffer));
    return this.#isPlain
      ? this.#begin("read", called, buffer.length)
      : new HookTransfer(this, "read", called, buffer.length);
  }

  write(position: number, bytes: Uint8Array): Operation<number> {
    if (bytes.length === 0) return atOnce(0);
    if (this.#hooks.write === undefined) return atOnce(B_UNSUPPORTED);
    this.#enter("write");
    // The driver gets bytes of its own: it may keep them, whatever the caller does with his.
    const given = this.#hooks.copiesWrites === true ? bytes : bytes.slice();
    const called = steps(this.#node, "write", this.#hooks.write(this.cookie, position, given));
    return this.#isPlain
      ? this.#begin("write", called, bytes.length)
      : new HookTransfer(this, "write", called, bytes.length);
  }

  // Where nobody watches, the hook goes as far as it can at once: mostly that is all.
  #begin(hook: "read" | "write", called: Steps<number>, length: number): Operation<number> {
    const { kernel } = this.#devfs;
    const result = called[Symbol.iterator]().next();
    if (result.done !== true) return new HookTransfer(this, hook, called, length, result);
    this.transferred(hook, result.value, length);
    return given(kernel, result.value);
  }

  /** The hook has returned. */
  transferred(hook: "read" | "write", count: number, length: number): void {
    checkCount(this.#node, hook, count, length);
    this.#leave(hook, count);
  }

  *ioctl(operation: number, argument: unknown): Steps<Status> {
    switch (operation) {
      case B_GET_PATH_FOR_DEVICE:
        return copyText(argument, this.name);
      case B_GET_DRIVER_FOR_DEVICE:
        return this.#node.driver === null ? B_ENTRY_NOT_FOUND : copyText(argument, this.#node.driver);
      case B_SET_PARTITION:
        return B_NOT_ALLOWED;
      case B_GET_PARTITION_INFO:
        return B_BAD_VALUE;
      default:
        return yield* this.#control(operation, argument);
    }
  }

  *setFlags(flags: number): Steps<Status> {
    return yield* this.#control((flags & O_NONBLOCK) !== 0 ? B_SET_NONBLOCKING_IO : B_SET_BLOCKING_IO, null);
  }

  *select(event: number, info: SelectInfo): Steps<Status> {
    if (this.#hooks.select === undefined) {
      if (event === B_SELECT_READ || event === B_SELECT_WRITE) yield* notifySelectEvent(info, event);
      return B_UNSUPPORTED;
    }
    this.#enter("select");
    const status = yield* steps(this.#node, "select", this.#hooks.select(this.cookie, event, info));
    checkStatus(this.#node, "select", status);
    this.#leave("select", status);
    return status;
  }

  *deselect(event: number, info: SelectInfo): Steps<void> {
    if (this.#hooks.deselect === undefined) return;
    this.#enter("deselect");
    yield* steps(this.#node, "deselect", this.#hooks.deselect(this.cookie, event, info));
    this.#leave("deselect", B_OK);
  }

  *#control(operation: number, argument: unknown): Steps<Status> {
    if (this.#hooks.ioctl === undefined) return B_UNSUPPORTED;
    this.#enter("ioctl");
    const status = yield* steps(this.#node, "ioctl", this.#hooks.ioctl(this.cookie, operation, argument));
    checkStatus(this.#node, "ioctl", status);
    this.#leave("ioctl", status);
    return status;
  }

  #enter(hook: string): void {
    this.#devfs.kernel.simulation.recorder?.enter(`${hook} hook of ${this.name}`);
  }

  #leave(hook: string, value: number): void {
    this.#devfs.kernel.simulation.recorder?.leave(`${hook} hook of ${this.name}`, value);
  }
}

// The steps of a read or write hook, and what devfs does behind the last of them. Neither a generator nor a closure: every packet
// comes by here four times, and either costs as much as a step.
class HookTransfer implements IterableIterator<undefined, number, void> {
  readonly #file: DeviceFile;
  readonly #hook: "read" | "write";
  readonly #steps: Steps<number>;
  readonly #length: number;
  /** What the hook has given before it was awaited: it has begun, and has to wait. */
  #begun: IteratorResult<undefined, number> | null;

  constructor(
    file: DeviceFile,
    hook: "read" | "write",
    called: Steps<number>,
    length: number,
    begun: IteratorResult<undefined, number> | null = null,
  ) {
    this.#file = file;
    this.#hook = hook;
    this.#steps = called[Symbol.iterator]();
    this.#length = length;
    this.#begun = begun;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<undefined, number> {
    const result = this.#begun ?? this.#steps.next();
    this.#begun = null;
    if (result.done === true) this.#file.transferred(this.#hook, result.value, this.#length);
    return result;
  }
}

function* atOnce(result: number): Steps<number> {
  return result;
}

// The block of a cookie that is a struct on the heap.
function blockOf(cookie: object | number): Block | null {
  const block: unknown = typeof cookie === "object" && "$block" in cookie ? cookie.$block : null;
  return block instanceof Block ? block : null;
}

// As user_strlcpy: the caller's buffer gets the text and a zero.
function copyText(buffer: unknown, text: string): Status {
  if (!(buffer instanceof Uint8Array)) return B_BAD_ADDRESS;
  const bytes = new TextEncoder().encode(`${text}\0`);
  if (bytes.length > buffer.length) return ERANGE;
  buffer.set(bytes);
  return B_OK;
}
