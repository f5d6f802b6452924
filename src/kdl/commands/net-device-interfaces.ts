// `net_device_interfaces`: all network devices that are in use.

import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { deviceInterfacesOf, interfaceAddress } from "#kdl/hosts";

export const netDeviceInterfaces: KdlCommand = {
  names: ["net_device_interfaces"],
  usage: "",
  about: "list the device interfaces of the network stack",
  most: 0,
  perform({ moment }) {
    const rows = deviceInterfacesOf(moment).map((each) => {
      const address = formatAddress(interfaceAddress({ lock: each.receiveLock }));
      return `${address}  ${String(each.index).padStart(5)}  ${each.kernel.prefix}${each.name}`;
    });
    return ["device_interface    index  name", ...rows].join("\n");
  },
};
