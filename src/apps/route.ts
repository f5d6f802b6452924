// route: lists, adds and deletes routes, with Haiku's texts and exit codes (route.cpp).
//
// Its habits are kept: what cannot be added or deleted is printed, and the exit code is 0 all the same.
// Not modelled: `get`, IPv6, the mtu of a route. The routes to everybody on a link are ours, and not listed.

import { B_DEVICE_NOT_FOUND, B_OK, strerror, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import { internetOf } from "#net/internet";
import { formatIPv4, parseIPv4, prefixLength, prefixMask, type IPv4Address } from "#net/ipv4-address";
import { interfacesOf } from "#net/network";
import {
  RTF_BROADCAST,
  RTF_DEFAULT,
  RTF_GATEWAY,
  RTF_HOST,
  RTF_LOCAL,
  RTF_REJECT,
  type Route,
  type RouteRequest,
} from "#net/routes";
import type { UserTeam } from "#vfs/user-team";

const USAGE: readonly string[] = [
  "usage: route [command] [<interface>] [<address family>] <address|default> [<option/flags>...]",
  "Where <command> can be the one of:",
  "  add                - add a route for the specified interface",
  "  delete             - deletes the specified route",
  "  list               - list with filters [default]",
  "<option> can be the following:",
  "  netmask <addr>     - networking subnet mask",
  "  prefixlen <number> - subnet mask length in bits",
  "  gw <addr>          - gateway address",
  "And <flags> can be: reject, local, host",
  "",
  "Example:",
  "\troute add /dev/net/ipro1000/0 default gw 192.168.0.254",
];

const COMMANDS: ReadonlyMap<string, "add" | "delete" | "list"> = new Map([
  ["add", "add"],
  ["-a", "add"],
  ["delete", "delete"],
  ["del", "delete"],
  ["-d", "delete"],
  ["list", "list"],
]);

const FAMILIES = ["AF_INET", "inet", "ipv4"];

const FLAG_WORDS: ReadonlyMap<string, number> = new Map([
  ["host", RTF_HOST],
  ["local", RTF_LOCAL],
  ["reject", RTF_REJECT],
]);

/** In the order in which they are listed. */
const FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [RTF_DEFAULT, "default"],
  [RTF_REJECT, "reject"],
  [RTF_HOST, "host"],
  [RTF_LOCAL, "local"],
];

/** The program's main function: `args` without the program's name. Gives the exit code. */
export function* route(team: UserTeam, args: readonly string[]): Steps<number> {
  const [first = "list", ...rest] = args;
  if (first === "--help" || first === "-h") return usage(team, 0);
  const command = COMMANDS.get(first);
  if (command === undefined) return usage(team, 1);
  const words = rest.filter((word) => !FAMILIES.includes(word));
  if (command === "list") return yield* list(team, words[0] ?? null);
  const [name, ...wanted] = words;
  const request = parseRequest(wanted);
  if (name === undefined || request === null) return usage(team, 1);
  if (typeof request === "string") {
    team.print(`route: ${request}`);
    return 1;
  }
  const status = yield* change(team, command, name, request);
  if (status !== B_OK) team.print(`route: Could not ${command} route for ${name}: ${strerror(status)}`);
  return 0;
}

function* change(team: UserTeam, command: "add" | "delete", name: string, request: RouteRequest): Steps<Status> {
  const { routes } = internetOf(team.kernel);
  return yield* team.syscall(`route ${command}`, 0, () =>
    interfacesOf(team.kernel).withInterface(name, B_DEVICE_NOT_FOUND, (found) =>
      command === "add" ? routes.add(found, request) : routes.remove(found, request),
    ),
  );
}

function* list(team: UserTeam, name: string | null): Steps<number> {
  const routes = yield* team.syscall("route list", 0, () => internetOf(team.kernel).routes.list());
  for (const each of routes) {
    if ((each.flags & RTF_BROADCAST) !== 0 || (name !== null && each.interface.name !== name)) continue;
    team.print(lineOf(each));
  }
  return 0;
}

function lineOf({ destination, mask, gateway, flags, interface: { name } }: Route): string {
  const length = (flags & (RTF_HOST | RTF_LOCAL)) === 0 ? `/${prefixLength(mask)}\t` : "   \t";
  const via = gateway === null ? "" : `gateway ${formatIPv4(gateway).padEnd(15)} `;
  const names = FLAG_NAMES.filter(([flag]) => (flags & flag) !== 0).map(([, each]) => each);
  return `${formatIPv4(destination).padStart(15)}${length}${via}${name}${names.length === 0 ? "" : `, ${names.join(" ")}`}`;
}

// Null: the usage is to be printed. A text: the complaint.
function parseRequest([target, ...words]: readonly string[]): RouteRequest | string | null {
  const isDefault = target === "default";
  const destination = isDefault ? 0 : parseIPv4(target ?? "");
  if (destination === null) return null;
  let flags = isDefault ? RTF_DEFAULT : 0;
  let mask = parseIPv4(words[0] ?? "");
  let gateway: IPv4Address | null = null;
  for (let place = mask === null ? 0 : 1; place < words.length; place++) {
    const word = words[place] ?? "";
    const parameter = words[place + 1] ?? "";
    const flag = FLAG_WORDS.get(word);
    if (flag !== undefined) flags |= flag;
    else if (word === "gw" || word === "gateway") {
      gateway = parseIPv4(parameter);
      if (gateway === null) return "Option 'gw' needs valid address parameter";
      flags |= RTF_GATEWAY;
      place++;
    } else if (["nm", "netmask", "plen", "prefixlen", "prefix-length"].includes(word)) {
      if (mask !== null) return "Netmask or prefix length is specified twice";
      const isMask = word === "nm" || word === "netmask";
      mask = isMask ? parseIPv4(parameter) : /^\d+$/.test(parameter) ? prefixMask(Number(parameter)) : null;
      if (mask === null && isMask) return "Option 'netmask' needs valid address parameter";
      if (mask === null) return "Option 'prefixlen' is invalid for this address family";
      place++;
    } else return null;
  }
  return { destination, mask, gateway, flags };
}

function usage(team: UserTeam, exitCode: number): number {
  for (const line of USAGE) team.print(line);
  return exitCode;
}
