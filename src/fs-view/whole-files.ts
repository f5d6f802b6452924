// readFile and writeFile, through the driver: open, read until there is nothing more or write until all is written,
// close. memfs would take the node's own content, which a device has not.
//
// The text is written once for both manners: a script that stops at each call, run now or later.

import { createError } from "@jsonjoy.com/fs-core";
import { B_IO_ERROR } from "#base/status";
import type { Call } from "#fs-view/call";
import type { DescriptorCalls } from "#fs-view/descriptor-calls";
import { statusError } from "#fs-view/errors";

/** Bytes of one read, and of all at most: /dev/zero has no end. */
const READ_LENGTH = 65_536;
const LENGTH_MOST = 2 ** 26;

/** Gives the calls that it waits for. */
export type Script<T> = Generator<Call<unknown>, T, unknown>;

/** All that can be read. A number is a descriptor, which stays open. */
export function* readWhole(calls: DescriptorCalls, target: string | number, flags: number): Script<Buffer> {
  return yield* withDescriptor(calls, target, flags, 0, function* (fd) {
    const chunks: Buffer[] = [];
    for (let length = 0; ;) {
      const buffer = Buffer.alloc(READ_LENGTH);
      const count = yield* wait(calls.read(fd, { buffer, offset: 0, length: READ_LENGTH, position: null }));
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, count));
      length += count;
      if (length > LENGTH_MOST) throw createError("EFBIG", "read", String(target));
    }
  });
}

export function* writeWhole(
  calls: DescriptorCalls,
  target: string | number,
  bytes: Uint8Array,
  flags: number,
  mode: number,
): Script<undefined> {
  return yield* withDescriptor(calls, target, flags, mode, function* (fd) {
    for (let offset = 0; offset < bytes.length;) {
      const transfer = { buffer: bytes, offset, length: bytes.length - offset, position: null };
      const count = yield* wait(calls.write(fd, transfer));
      if (count === 0) throw statusError(B_IO_ERROR, "write", String(target));
      offset += count;
    }
    return undefined;
  });
}

/** The synchronous manner. */
export function runNow<T>(script: Script<T>): T {
  let step = script.next();
  while (!step.done) {
    const call = step.value;
    let value: unknown;
    try {
      value = call.now();
    } catch (error) {
      step = script.throw(error);
      continue;
    }
    step = script.next(value);
  }
  return step.value;
}

/** The manner of promises; the first call is made at once. */
export async function runLater<T>(script: Script<T>): Promise<T> {
  let step = script.next();
  while (!step.done) {
    let value: unknown;
    try {
      value = await step.value.promise();
    } catch (error) {
      step = script.throw(error);
      continue;
    }
    step = script.next(value);
  }
  return step.value;
}

function* withDescriptor<T>(
  calls: DescriptorCalls,
  target: string | number,
  flags: number,
  mode: number,
  use: (fd: number) => Script<T>,
): Script<T> {
  if (typeof target === "number") return yield* use(target);
  const fd = yield* wait(calls.open(target, flags, mode));
  try {
    return yield* use(fd);
  } finally {
    yield* wait(calls.close(fd));
  }
}

function* wait<T>(call: Call<T>): Script<T> {
  return (yield call) as T;
}
