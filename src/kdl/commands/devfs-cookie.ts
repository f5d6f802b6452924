// `devfs_cookie`: what the driver's open hook gave for a descriptor.

import { InputError } from "#base/assert";
import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { blockLines } from "#kdl/commands/slab-object";
import { addressOf, byName } from "#kdl/find";
import { addressOfValue } from "#kdl/memory";
import { Block } from "#kernel/block";
import type { Moment } from "#kdl/moment";
import type { Descriptor } from "#vfs/descriptor";
import { IoContext } from "#vfs/io-context";

export const devfsCookie: KdlCommand = {
  names: ["devfs_cookie"],
  usage: "[descriptor]",
  about: "show the cookie of an open device, by its address, its descriptor's, or the device's path",
  details:
    "Without a word it lists them. A cookie that the free hook has had is not open any more: slab_object shows it.",
  perform({ moment }, [word]) {
    const open = openDevices(moment);
    if (word === undefined) return list(open);
    const address = addressOf(word);
    const found = open.find(
      ({ address: own, file }) => address !== null && (own === address || addressOfValue(file.cookie) === address),
    );
    if (address !== null && found === undefined) {
      throw new InputError(
        `no open device has a cookie or a descriptor at ${formatAddress(address)}; "devfs_cookie" lists them`,
      );
    }
    return describe(
      found ??
        byName(open, word, ({ file }) => [file.name], {
          what: "open device",
          list: "devfs_cookie",
          describe: (each) => `${formatAddress(each.address)} ${each.file.name}`,
        }),
    );
  },
};

function openDevices({ kernels }: Moment): readonly Descriptor[] {
  return kernels.flatMap(({ kernelTeam }) => {
    const context = kernelTeam.ioContext;
    if (!(context instanceof IoContext)) return [];
    return context.files.liveDescriptors.filter(({ file }) => file.cookie !== undefined);
  });
}

function list(open: readonly Descriptor[]): string {
  const rows = open.map((each) => {
    const cookie = formatAddress(addressOfValue(each.file.cookie));
    return `${cookie}  ${formatAddress(each.address)}  ${each.file.name}`;
  });
  return ["cookie              descriptor          file", ...rows].join("\n");
}

function describe({ address, file }: Descriptor): string {
  const cookie: unknown = file.cookie;
  const block: unknown = typeof cookie === "object" && cookie !== null && "$block" in cookie ? cookie.$block : null;
  return [
    `DEVFS COOKIE: ${formatAddress(address)}`,
    ` device_cookie: ${formatAddress(addressOfValue(cookie))}`,
    ` file:          ${file.name}`,
    ...(block instanceof Block ? blockLines(block) : [" (no struct of the heap)"]),
  ].join("\n");
}
