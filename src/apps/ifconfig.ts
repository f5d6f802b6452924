// ifconfig: lists and configures network interfaces, with Haiku's texts and exit codes (facts: haiku.md,
// section 10).
//
// Its habits are kept: an interface that does not exist is made before the options are looked at, so
// `ifconfig tap0 delete` makes it and then prints the usage; `delete` is a word only before the name; what
// fails after the address has been set is printed, and the exit code is 0 all the same; an address and `down`
// in one call leave the interface up.
// Not modelled: media and wireless networks (their words are unknown here), IPv6 addresses (the stack refuses
// them), the net_server behind `auto-config` (it is not running).

import { B_OK, EAFNOSUPPORT, strerror, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import {
  isFamily,
  parseAddresses,
  parseOptions,
  UsageNeeded,
  type Addresses,
  type Options,
} from "#apps/ifconfig-arguments";
import { listInterface } from "#apps/ifconfig-listing";
import { USAGE } from "#apps/ifconfig-usage";
import { IFF_AUTO_CONFIGURED, IFF_CONFIGURING } from "#net/device-module";
import { parseIPv4 } from "#net/ipv4-address";
import { interfacesOf } from "#net/network";
import type { UserTeam } from "#vfs/user-team";

const DELETE_WORDS = ["--delete", "--del", "-d", "del", "delete"];

/** The program's main function: `args` without the program's name. Gives the exit code. */
export function* ifconfig(team: UserTeam, args: readonly string[]): Steps<number> {
  const [first, name] = args;
  if (first === "--help" || first === "-h") return usage(team, 0);
  if (first !== undefined && DELETE_WORDS.includes(first)) {
    return name === undefined ? usage(team, 1) : yield* deleteInterface(team, name, args.slice(2));
  }
  if (first === "-a") return name === undefined ? yield* listInterfaces(team) : usage(team, 1);
  if (first === undefined) return yield* listInterfaces(team);
  if (name !== undefined) return yield* configureInterface(team, first, args.slice(1));
  yield* listInterface(team, first);
  return 0;
}

function* listInterfaces(team: UserTeam): Steps<number> {
  const names = yield* interfacesOf(team.kernel).names();
  for (const name of names) yield* listInterface(team, name);
  return 0;
}

/** Removes the whole interface, or only the addresses that are named. */
function* deleteInterface(team: UserTeam, name: string, addresses: readonly string[]): Steps<number> {
  const interfaces = interfacesOf(team.kernel);
  if (addresses.length === 0) {
    const status = yield* interfaces.remove(name);
    if (status !== B_OK) complain(team, `Could not delete interface ${name}: ${strerror(status)}`);
    return 0;
  }
  for (const text of addresses.filter((word) => !isFamily(word))) {
    const address = parseIPv4(text);
    if (address === null) {
      complain(team, `Could not parse address "${text}".`);
      return 1;
    }
    const status = yield* interfaces.removeAddress(name, address);
    if (status !== B_OK) {
      complain(team, `Could not delete address ${text} from interface ${name}: ${strerror(status)}`);
    }
  }
  return 0;
}

function* configureInterface(team: UserTeam, name: string, args: readonly string[]): Steps<number> {
  const interfaces = interfacesOf(team.kernel);
  const addresses = parseAddresses(args);
  if (!(yield* interfaces.exists(name))) {
    const status = yield* interfaces.add(name);
    if (status !== B_OK) {
      complain(team, `Could not add interface: ${strerror(status)}`);
      return 1;
    }
  }
  const options = parseOptions(addresses, args.slice(addresses.words));
  if (options === UsageNeeded) return usage(team, 1);
  if (typeof options === "string") {
    complain(team, options);
    return 1;
  }
  const status = yield* setAddress(team, name, options);
  if (status !== B_OK) {
    complain(team, `Setting address failed: ${strerror(status)}`);
    return 1;
  }
  yield* setFlagsAndNumbers(team, name, options);
  return 0;
}

function* setAddress(team: UserTeam, name: string, { addresses }: Options): Steps<Status> {
  if (addresses.isInet6) return EAFNOSUPPORT;
  const { local, mask, broadcast, peer } = addresses;
  if (local === null && mask === null && broadcast === null) return B_OK;
  return yield* interfacesOf(team.kernel).setAddress(name, { local, mask, destination: broadcast ?? peer });
}

function* setFlagsAndNumbers(team: UserTeam, name: string, options: Options): Steps<void> {
  const interfaces = interfacesOf(team.kernel);
  const currentFlags = yield* interfaces.flags(name);
  // An address replaces what was to be taken away, IFF_UP included.
  const removed = hasAddress(options.addresses) ? IFF_AUTO_CONFIGURED | IFF_CONFIGURING : options.flagsRemoved;
  if (options.flagsAdded !== 0 || removed !== 0) {
    const status = yield* interfaces.setFlags(name, (currentFlags & ~removed) | options.flagsAdded);
    if (status !== B_OK) complain(team, `Setting flags failed: ${strerror(status)}`);
  }
  if (options.mtu !== null) {
    const status = yield* interfaces.setMtu(name, options.mtu);
    if (status !== B_OK) complain(team, `Setting MTU failed: ${strerror(status)}`);
  }
  if (options.metric !== null) {
    const status = yield* interfaces.setMetric(name, options.metric);
    if (status !== B_OK) complain(team, `Setting metric failed: ${strerror(status)}`);
  }
  if (options.configuresItself) complain(team, "The net_server needs to run for the auto configuration!");
}

function hasAddress({ local, mask, broadcast, peer }: Addresses): boolean {
  return [local, mask, broadcast, peer].some((address) => address !== null);
}

function usage(team: UserTeam, exitCode: number): number {
  for (const line of USAGE) team.print(line);
  return exitCode;
}

function complain(team: UserTeam, text: string): void {
  team.print(`ifconfig: ${text}`);
}
