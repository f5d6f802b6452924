// readFile and writeFile of `node:fs`: through the driver for a device, memfs' own for everything else.

import type { Volume } from "memfs";
import { isFd } from "@jsonjoy.com/fs-core";
import type { Callback } from "#fs-view/call";
import { openArguments } from "#fs-view/call-arguments";
import type { DescriptorCalls } from "#fs-view/descriptor-calls";
import { split } from "#fs-view/node-calls";
import { readWhole, runLater, runNow, writeWhole } from "#fs-view/whole-files";
import type { ViewTree } from "#fs-view/view-tree";

type Loose = (...given: unknown[]) => unknown;

/** What readFile and writeFile may be told besides what and where. */
interface FileOptions {
  readonly encoding?: BufferEncoding | null;
  readonly flag?: unknown;
  readonly mode?: unknown;
}

export interface FileMethods {
  readFileSync(target: unknown, options?: unknown): unknown;
  readFile(target: unknown, ...given: unknown[]): void;
  writeFileSync(target: unknown, data: unknown, options?: unknown): void;
  writeFile(target: unknown, data: unknown, ...given: unknown[]): void;
}

/** @param memfs the volume's own methods, before these take their place */
export function fileMethods(tree: ViewTree, calls: DescriptorCalls, memfs: Volume): FileMethods {
  const deviceFor = (target: unknown, options: FileOptions, flag: string): DeviceTarget | null => {
    if (isFd(target as number)) {
      return tree.device(target as number) === null ? null : { target: target as number, flags: 0, mode: 0 };
    }
    const { filename, flags, mode } = openArguments(target, options.flag ?? flag, options.mode);
    return calls.isDevice(filename, flags) ? { target: filename, flags, mode } : null;
  };
  const own = {
    readFileSync: memfs.readFileSync as Loose,
    readFile: memfs.readFile as Loose,
    writeFileSync: memfs.writeFileSync as Loose,
    writeFile: memfs.writeFile as Loose,
  };

  return {
    readFileSync(target, given) {
      const options = optionsOf(given);
      const device = deviceFor(target, options, "r");
      if (device === null) return own.readFileSync(target, given);
      return decoded(runNow(readWhole(calls, device.target, device.flags)), options);
    },
    readFile(target, ...given) {
      const [[first], callback] = split<unknown>(given);
      const options = optionsOf(first);
      const device = deviceFor(target, options, "r");
      if (device === null) return void own.readFile(target, ...given);
      const read = runLater(readWhole(calls, device.target, device.flags));
      answer(
        read.then((bytes) => decoded(bytes, options)),
        callback,
      );
    },
    writeFileSync(target, data, given) {
      const options = optionsOf(given);
      const device = deviceFor(target, options, "w");
      if (device === null) return void own.writeFileSync(target, data, given);
      runNow(writeWhole(calls, device.target, encoded(data, options), device.flags, device.mode));
    },
    writeFile(target, data, ...given) {
      const [[first], callback] = split<undefined>(given);
      const options = optionsOf(first);
      const device = deviceFor(target, options, "w");
      if (device === null) return void own.writeFile(target, data, ...given);
      answer(runLater(writeWhole(calls, device.target, encoded(data, options), device.flags, device.mode)), callback);
    },
  };
}

interface DeviceTarget {
  readonly target: string | number;
  readonly flags: number;
  readonly mode: number;
}

function optionsOf(given: unknown): FileOptions {
  if (typeof given === "string") return { encoding: given as BufferEncoding };
  return typeof given === "object" && given !== null ? given : {};
}

function decoded(bytes: Buffer, { encoding }: FileOptions): Buffer | string {
  return encoding === undefined || encoding === null || String(encoding) === "buffer"
    ? bytes
    : bytes.toString(encoding);
}

function encoded(data: unknown, { encoding }: FileOptions): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(String(data), encoding ?? "utf8");
}

function answer<T>(promise: Promise<T>, callback: Callback<T>): void {
  promise.then(
    (value) => callback(null, value),
    (error: unknown) => callback(error),
  );
}
