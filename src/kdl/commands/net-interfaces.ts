// `net_interfaces`: all interfaces, as ifconfig knows them.

import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { interfaceAddress, networkInterfacesOf } from "#kdl/hosts";

export const netInterfaces: KdlCommand = {
  names: ["net_interfaces"],
  usage: "",
  about: "list the network interfaces",
  most: 0,
  perform({ moment }) {
    const rows = networkInterfacesOf(moment).map((each) => {
      const flags = `0x${each.allFlags.toString(16)}`.padEnd(8);
      return `${formatAddress(interfaceAddress(each))}  ${String(each.index).padStart(5)}  ${flags}  ${each.kernel.prefix}${each.name}`;
    });
    return ["interface           index  flags     name", ...rows].join("\n");
  },
};
