// `net_device_interface`: one network device, its threads and its queue.

import { InputError } from "#base/assert";
import { formatAddress } from "#kernel/kernel-object";
import type { KdlCommand } from "#kdl/command";
import { lines } from "#kdl/commands/thread";
import { addressOf, byName } from "#kdl/find";
import { deviceInterfacesOf, interfaceAddress } from "#kdl/hosts";
import type { DeviceInterface } from "#net/device-interface";
import type { NetBuffer } from "#net/net-buffer";

const PACKET_BYTES_SHOWN = 20;

export const netDeviceInterface: KdlCommand = {
  names: ["net_device_interface"],
  usage: "<device interface>",
  about: "show a device interface, by address or name (tap0)",
  perform({ moment }, [word]) {
    const all = deviceInterfacesOf(moment);
    if (word === undefined) throw new InputError('say which one ("net_device_interfaces" lists them)');
    const address = addressOf(word);
    const at = (each: DeviceInterface): number => interfaceAddress({ lock: each.receiveLock });
    const found = all.find((each) => at(each) === address);
    return describe(
      found ??
        byName(all, word, (each) => [each.kernel.prefix + each.name, each.name], {
          what: "device interface",
          list: "net_device_interfaces",
          describe: (each) => `${formatAddress(at(each))} ${each.name}`,
        }),
    );
  },
};

function describe(found: DeviceInterface): string {
  const { device, receiveQueue, consumer } = found;
  const reader = found.reader.value;
  const threadWords = (thread: typeof reader): string => (thread === null ? "-1" : `${thread.id} "${thread.title}"`);
  return lines(
    [
      ["name", found.name],
      ["index", String(found.index)],
      ["flags", `0x${found.flags.value.toString(16)}`],
      ["mtu", String(device.mtu)],
      ["up_count", String(found.upCount.value)],
      ["ref_count", String(found.referenceCount.value)],
      ["busy", found.busy.value ? "yes" : "no"],
      ["reader_thread", threadWords(reader)],
      ["consumer_thread", threadWords(consumer)],
      ["receive_lock", formatAddress(found.receiveLock.address)],
      ["monitor_lock", formatAddress(found.monitorLock.address)],
      ["monitor_count", String(found.monitors.value.length)],
      ["handlers", found.handlers.value.map(({ frameType }) => `0x${frameType.toString(16)}`).join(" ") || "-"],
      [
        "receive_queue",
        `${formatAddress(receiveQueue.address)}, ${receiveQueue.count} packets, ${receiveQueue.currentBytes} bytes`,
      ],
      ...receiveQueue.shown.map((packet, place) => [`  packet ${place}`, packetWords(packet)] as const),
      ...Object.entries(found.statistics.read()).map(([name, count]) => [`  ${name}`, String(count)] as const),
    ],
    `DEVICE INTERFACE: ${formatAddress(interfaceAddress({ lock: found.receiveLock }))}`,
  );
}

// The first bytes say what it is to who knows; a long packet is not listed whole.
function packetWords({ bytes, frameType }: NetBuffer): string {
  const front = Array.from(bytes.subarray(0, PACKET_BYTES_SHOWN), (byte) => byte.toString(16).padStart(2, "0"));
  const rest = bytes.length > PACKET_BYTES_SHOWN ? " ..." : "";
  return `type 0x${frameType.toString(16).padStart(4, "0")}, ${bytes.length} bytes: ${front.join(" ")}${rest}`;
}
