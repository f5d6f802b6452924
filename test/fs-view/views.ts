// What the tests of the view share: hosts with the shipped drivers, and devices that say what they are asked.

import { fullDriver } from "#drivers/full";
import { nullDriver } from "#drivers/null";
import { randomDriver } from "#drivers/random";
import { TUNSETIFF } from "#drivers/tun/ioctl";
import { tunDriver } from "#drivers/tun/tun";
import { zeroDriver } from "#drivers/zero";
import type { FsView } from "#fs-view/fs-view";
import { bootForFs } from "#fs-view/index";
import { defineDriver, type DeviceHooks, type Driver } from "#kernel-export";

export const TAP = "/dev/tap/tap0";

/** A host with every shipped driver, and its view. */
export function shipped(options: { uid?: number; gid?: number } = {}): ReturnType<typeof bootForFs> {
  return bootForFs({ drivers: [nullDriver, zeroDriver, fullDriver, randomDriver, tunDriver], ...options });
}

/** Both ends of a tunnel: the app's, and the interface's. */
export function openBoth(fs: FsView, path = TAP): { app: number; end: number } {
  const app = fs.openSync(path, "r+");
  const end = fs.openSync(path, "r+");
  fs.ioctlSync(end, TUNSETIFF);
  return { app, end };
}

/** An Ethernet frame that can be told from others. */
export function frame(mark: number, length = 60): Buffer {
  return Buffer.alloc(length, mark);
}

/** A driver of one device; open gives an empty cookie unless it says otherwise. */
export function device(name: string, hooks: Partial<DeviceHooks>): Driver {
  const complete: DeviceHooks = {
    *open() {
      return {};
    },
    ...hooks,
  };
  return defineDriver({ name: `${name} driver`, load: () => ({ devices: [name], hooks: complete }) });
}

/** What a call throws, in short: its code, or "no error". */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "no error";
}

/** What a promise rejects with, in short. */
export async function codeOfPromise(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "no error";
}

/** Whether a promise has settled by now. */
export function watchPromise(promise: Promise<unknown>): { isSettled: () => Promise<boolean> } {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  return {
    isSettled: async () => {
      for (let i = 0; i < 20; i++) await Promise.resolve();
      return settled;
    },
  };
}
