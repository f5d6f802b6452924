// How ifconfig lists an interface, line by line (facts: haiku.md, section 10).

import type { Steps } from "#kernel/operation";
import {
  IFF_ALLMULTI,
  IFF_AUTOUP,
  IFF_AUTO_CONFIGURED,
  IFF_BROADCAST,
  IFF_CONFIGURING,
  IFF_LINK,
  IFF_LOOPBACK,
  IFF_NOARP,
  IFF_PROMISC,
  IFF_UP,
  IFM_ACTIVE,
  IFM_ETHER,
  IFT_ETHER,
  IFT_LOOP,
} from "#net/device-module";
import type { InterfaceAddress } from "#net/interface";
import type { InterfaceDescription } from "#net/interfaces";
import { formatIPv4 } from "#net/ipv4-address";
import { interfacesOf } from "#net/network";
import type { UserTeam } from "#vfs/user-team";

const HARDWARE_TYPES: ReadonlyMap<number, string> = new Map([
  [IFT_ETHER, "Ethernet"],
  [IFT_LOOP, "Local Loopback"],
]);

/** Which bits of a media value are the type, which the subtype. */
const MEDIA_TYPE_MASK = 0xe0;
const MEDIA_SUBTYPE_MASK = 0x1f;

/** Subtypes of Ethernet; 0 is the generic one. */
const ETHERNET_MEDIA: ReadonlyMap<number, string> = new Map([
  [0, "Auto-select"],
  [3, "10 MBit, 10BASE-T"],
  [6, "100 MBit, 100BASE-TX"],
  [11, "1 GBit, 1000BASE-SX"],
  [16, "1 GBit, 1000BASE-T"],
]);

/** In the order in which they are listed. */
const FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [IFF_UP, "up"],
  [IFF_NOARP, "noarp"],
  [IFF_BROADCAST, "broadcast"],
  [IFF_LOOPBACK, "loopback"],
  [IFF_PROMISC, "promiscuous"],
  [IFF_ALLMULTI, "allmulti"],
  [IFF_AUTOUP, "autoup"],
  [IFF_LINK, "link"],
  [IFF_AUTO_CONFIGURED, "auto-configured"],
  [IFF_CONFIGURING, "configuring"],
];

/** From this length on, a name has a line of its own. */
const LONG_NAME = 8;

/** Lists one interface. One that is busy, going up or down, is not found. */
export function* listInterface(team: UserTeam, name: string): Steps<void> {
  const description = yield* interfacesOf(team.kernel).describe(name);
  const lines = description === null ? ["Interface not found!"] : linesOf(description);
  if (name.length >= LONG_NAME) {
    team.print(name);
    team.print(`\t${lines[0] ?? ""}`);
  } else team.print(`${name}\t${lines[0] ?? ""}`);
  for (const line of lines.slice(1)) team.print(line);
}

function linesOf(description: InterfaceDescription): string[] {
  const { flags, statistics } = description;
  const names = FLAG_NAMES.filter(([flag]) => (flags & flag) !== 0).map(([, each]) => ` ${each}`);
  const media = mediaName(description.media);
  const list = (which: "receive" | "send"): string =>
    `${statistics[`${which}Packets`]} packets, ${statistics[`${which}Errors`]} errors, ` +
    `${statistics[`${which}Bytes`]} bytes, 0 mcasts, ${statistics[`${which}Dropped`]} dropped`;
  return [
    `Hardware type: ${HARDWARE_TYPES.get(description.hardwareType) ?? "unknown"}, Address: ${linkAddress(description)}`,
    ...(media === null ? [] : [`\tMedia type: ${media}`]),
    ...description.addresses.map((address) => addressLine(address, flags)),
    `\tMTU: ${description.mtu}, Metric: ${description.metric}${names.length === 0 ? "" : `,${names.join("")}`}`,
    `\tReceive: ${list("receive")}`,
    `\tTransmit: ${list("send")}`,
    "\tCollisions: 0",
    "",
  ];
}

function addressLine({ local, mask, destination }: InterfaceAddress, flags: number): string {
  const broadcast = (flags & IFF_BROADCAST) === 0 ? "" : `, Bcast: ${formatIPv4(destination)}`;
  return `\tinet addr: ${formatIPv4(local)}${broadcast}, Mask: ${formatIPv4(mask)}`;
}

function linkAddress({ hardwareAddress }: InterfaceDescription): string {
  if (hardwareAddress.length === 0) return "none";
  return [...hardwareAddress].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

function mediaName(media: number): string | null {
  if ((media & IFM_ACTIVE) === 0 || (media & MEDIA_TYPE_MASK) !== IFM_ETHER) return null;
  return ETHERNET_MEDIA.get(media & MEDIA_SUBTYPE_MASK) ?? null;
}
