// What the arguments of Node's overloaded calls mean. memfs knows, so it is asked: a volume whose core does nothing
// but note what it is asked to do. Wrong arguments throw what Node throws.

import { Superblock } from "@jsonjoy.com/fs-core";
import { Volume } from "memfs";
import { SimulatorBug } from "#base/assert";

/** fs.open, understood. */
export interface OpenArguments {
  readonly filename: string;
  /** Node's flags for Linux. */
  readonly flags: number;
  readonly mode: number;
}

/** fs.read and fs.write, understood; `position` is null for the descriptor's own. */
export interface TransferArguments {
  readonly buffer: ArrayBufferView;
  readonly offset: number;
  readonly length: number;
  readonly position: number | null;
}

/** Bytes that fs.read takes at most when it is not given a buffer. */
const READ_LENGTH = 16_384;

class NotingCore extends Superblock {
  opened: OpenArguments | null = null;
  transfer: TransferArguments | null = null;

  constructor() {
    super();
    Object.assign(this, {
      open: (filename: string, flags: number, mode: number) => {
        this.opened = { filename, flags, mode };
        return 0;
      },
      read: (_fd: number, buffer: ArrayBufferView, offset: number, length: number, position: number | null) =>
        this.#note(buffer, offset, length, position),
    });
  }

  override write(_fd: number, buffer: Buffer, offset = 0, length = buffer.length, position?: number | null): number {
    return this.#note(buffer, offset, length, position);
  }

  #note(buffer: ArrayBufferView, offset: number, length: number, position: number | null | undefined): number {
    const isOwn = typeof position !== "number" || position < 0;
    this.transfer = { buffer, offset, length, position: isOwn ? null : position };
    return length;
  }
}

const core = new NotingCore();
const volume = new Volume(core);

type LooseCall = (...given: unknown[]) => unknown;

/** `fs.openSync(path, flags, mode)`. */
export function openArguments(path: unknown, flags: unknown = "r", mode: unknown = 0o666): OpenArguments {
  (volume.openSync as LooseCall)(path, flags ?? "r", mode ?? 0o666);
  return noted(core.opened);
}

/** What follows the descriptor in `fs.readSync`. */
export function readArguments(fd: unknown, given: readonly unknown[]): TransferArguments {
  (volume.readSync as LooseCall)(fd, ...given);
  return noted(core.transfer);
}

/** What stands between descriptor and callback in `fs.read`, as `fs.readSync` has it. */
export function asReadSync(given: readonly unknown[]): readonly unknown[] {
  const [first, ...others] = given;
  if (ArrayBuffer.isView(first)) return given;
  if (first !== undefined && first !== null && typeof first !== "object") return given;
  const options = (first ?? {}) as { readonly buffer?: ArrayBufferView };
  return [options.buffer ?? Buffer.alloc(READ_LENGTH), options, ...others];
}

/** What follows the descriptor in `fs.writeSync`. */
export function writeArguments(fd: unknown, given: readonly unknown[]): TransferArguments {
  (volume.writeSync as LooseCall)(fd, ...given);
  return noted(core.transfer);
}

/** The part of a view that is to be read or written. */
export function bytesOf({ buffer, offset, length }: TransferArguments): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}

function noted<T>(arguments_: T | null): T {
  if (arguments_ === null) throw new SimulatorBug("memfs did not pass its arguments to its core");
  return arguments_;
}
