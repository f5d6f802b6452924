// `net_interface`: one interface: its flags, its addresses, its device.

import { InputError } from "#base/assert";
import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { lines } from "#kdl/commands/thread";
import { addressOf, byName } from "#kdl/find";
import { interfaceAddress, networkInterfacesOf } from "#kdl/hosts";
import type { Interface } from "#net/interface";
import { formatIPv4 } from "#net/ipv4-address";

export const netInterface: KdlCommand = {
  names: ["net_interface"],
  usage: "<interface>",
  about: "show a network interface, by address or name",
  perform({ moment }, [word]) {
    const all = networkInterfacesOf(moment);
    if (word === undefined) throw new InputError('say which one ("net_interfaces" lists them)');
    const address = addressOf(word);
    return describe(
      all.find((each) => interfaceAddress(each) === address) ??
        byName(all, word, (each) => [each.kernel.prefix + each.name, each.name], {
          what: "interface",
          list: "net_interfaces",
          describe: (each) => `${formatAddress(interfaceAddress(each))} ${each.name}`,
        }),
    );
  },
};

function describe(found: Interface): string {
  const addresses = found.addresses.value.map(
    ({ local, mask, destination }) =>
      ["  address", `${formatIPv4(local)}, mask ${formatIPv4(mask)}, destination ${formatIPv4(destination)}`] as const,
  );
  return lines(
    [
      ["name", found.name],
      ["index", String(found.index)],
      ["device_interface", formatAddress(interfaceAddress({ lock: found.deviceInterface.receiveLock }))],
      ["flags", `0x${found.allFlags.toString(16)}`],
      ["busy", found.busy.value ? "yes" : "no"],
      ["ref_count", String(found.references.value)],
      ["mtu", String(found.deviceInterface.device.mtu)],
      ["metric", String(found.metric.value)],
      ["addresses", String(addresses.length)],
      ...addresses,
    ],
    `INTERFACE: ${formatAddress(interfaceAddress(found))}`,
  );
}
