// What ifconfig's arguments say, after the interface's name.

import { IFF_ALLMULTI, IFF_BROADCAST, IFF_LOOPBACK, IFF_PROMISC, IFF_UP } from "#net/device-module";
import { parseIPv4, prefixMask, type IPv4Address } from "#net/ipv4-address";

/** The addresses on a command line; null where none is given. */
export interface Addresses {
  readonly local: IPv4Address | null;
  readonly mask: IPv4Address | null;
  readonly broadcast: IPv4Address | null;
  readonly peer: IPv4Address | null;
  /** An IPv6 address was given. */
  readonly isInet6: boolean;
  /** How many words the family, the address and the mask were. */
  readonly words: number;
}

export interface Options {
  readonly addresses: Addresses;
  /** IFF_ flags. */
  readonly flagsAdded: number;
  readonly flagsRemoved: number;
  /** Bytes. */
  readonly mtu: number | null;
  readonly metric: number | null;
  readonly configuresItself: boolean;
}

/** A word that is no option: the usage is to be printed. */
export const UsageNeeded = Symbol("usage");

const INET_WORDS = ["AF_INET", "inet", "ipv4"];
const INET6_WORDS = ["AF_INET6", "inet6", "ipv6"];

/** An mtu must be more than this, in bytes. */
const MTU_TOO_SMALL = 500;

const FLAG_WORDS: ReadonlyMap<string, { readonly add: number; readonly remove: number }> = new Map([
  ["up", { add: IFF_UP, remove: 0 }],
  ["-down", { add: IFF_UP, remove: 0 }],
  ["down", { add: 0, remove: IFF_UP }],
  ["-up", { add: 0, remove: IFF_UP }],
  ["bcast", { add: IFF_BROADCAST, remove: 0 }],
  ["-bcast", { add: 0, remove: IFF_BROADCAST }],
  ["promisc", { add: IFF_PROMISC, remove: 0 }],
  ["-promisc", { add: 0, remove: IFF_PROMISC }],
  ["allmulti", { add: IFF_ALLMULTI, remove: 0 }],
  ["-allmulti", { add: 0, remove: IFF_ALLMULTI }],
  ["loopback", { add: IFF_LOOPBACK, remove: 0 }],
]);

/** Whether a word names an address family. */
export function isFamily(word: string): boolean {
  return INET_WORDS.includes(word) || INET6_WORDS.includes(word);
}

/** `[FAMILY] [ADDRESS [MASK]]`: what the first words are, as far as they are that. */
export function parseAddresses(args: readonly string[]): Addresses {
  const [first = ""] = args;
  const isInet6Word = INET6_WORDS.includes(first);
  const familyWords = isFamily(first) ? 1 : 0;
  const addressWord = args[familyWords] ?? "";
  const none = { local: null, mask: null, broadcast: null, peer: null, isInet6: false, words: familyWords };
  if (addressWord.includes(":") && (isInet6Word || familyWords === 0)) {
    return { ...none, isInet6: true, words: familyWords + 1 };
  }
  const local = isInet6Word ? null : parseIPv4(addressWord);
  if (local === null) return none;
  const mask = parseIPv4(args[familyWords + 1] ?? "");
  return { ...none, local, mask, words: familyWords + (mask === null ? 1 : 2) };
}

/** The words after the addresses. A string is the complaint to print. */
export function parseOptions(addresses: Addresses, words: readonly string[]): Options | string | typeof UsageNeeded {
  const parser = new OptionParser(addresses);
  for (let place = 0; place < words.length; place++) {
    const word = words[place] ?? "";
    const flag = FLAG_WORDS.get(word);
    if (flag !== undefined) parser.flag(flag.add, flag.remove);
    else if (word === "auto-config") parser.configureItself();
    else {
      const complaint = parser.withParameter(word, words[++place]);
      if (complaint !== null) return complaint;
    }
  }
  return parser.result();
}

class OptionParser {
  #addresses: Addresses;
  #flagsAdded = 0;
  #flagsRemoved = 0;
  #mtu: number | null = null;
  #metric: number | null = null;
  #configuresItself = false;

  constructor(addresses: Addresses) {
    this.#addresses = addresses;
  }

  flag(add: number, remove: number): void {
    this.#flagsAdded |= add;
    this.#flagsRemoved |= remove;
  }

  configureItself(): void {
    this.#configuresItself = true;
  }

  /** An option and the word after it; null when all is well. */
  withParameter(word: string, parameter: string | undefined): string | typeof UsageNeeded | null {
    switch (word) {
      case "peer":
        return this.#address("peer", "peer", parameter);
      case "nm":
      case "netmask":
        if (this.#addresses.mask !== null) return "Netmask or prefix length is specified twice";
        return this.#address("mask", "netmask", parameter);
      case "prefixlen":
      case "plen":
      case "prefix-length":
        return this.#prefixLength(parameter);
      case "bc":
      case "broadcast":
        if (this.#addresses.broadcast !== null) return "broadcast address is specified twice";
        this.#flagsAdded |= IFF_BROADCAST;
        return this.#address("broadcast", "broadcast", parameter);
      case "mtu":
        this.#mtu = integer(parameter);
        return this.#mtu <= MTU_TOO_SMALL ? "Option 'mtu' expected valid max transfer unit size" : null;
      case "metric":
        this.#metric = integer(parameter);
        return parameter === undefined ? "Option 'metric' expected parameter" : null;
      default:
        return UsageNeeded;
    }
  }

  result(): Options | string {
    if ((this.#flagsAdded & this.#flagsRemoved) !== 0) return "Contradicting flags specified";
    const { local, mask, broadcast, peer } = this.#addresses;
    const hasAddress = [local, mask, broadcast, peer].some((address) => address !== null);
    if (this.#configuresItself && hasAddress) return "Contradicting changes specified";
    return {
      addresses: this.#addresses,
      flagsAdded: this.#flagsAdded,
      flagsRemoved: this.#flagsRemoved,
      mtu: this.#mtu,
      metric: this.#metric,
      configuresItself: this.#configuresItself,
    };
  }

  #address(which: "peer" | "mask" | "broadcast", option: string, parameter: string | undefined): string | null {
    const address = parseIPv4(parameter ?? "");
    if (address === null) return `Option '${option}' needs valid address parameter`;
    this.#addresses = { ...this.#addresses, [which]: address };
    return null;
  }

  #prefixLength(parameter: string | undefined): string | null {
    if (this.#addresses.mask !== null) return "Netmask or prefix length is specified twice";
    const mask = parameter === undefined ? null : prefixMask(Number.parseInt(parameter, 10));
    if (mask === null) return `Option 'prefix-length ${parameter ?? ""}' is invalid for this address family`;
    this.#addresses = { ...this.#addresses, mask };
    return null;
  }
}

/** As strtol reads it: what begins like a number is one, everything else is 0. */
function integer(text: string | undefined): number {
  const value = Number.parseInt(text ?? "", text?.toLowerCase().startsWith("0x") === true ? 16 : 10);
  return Number.isNaN(value) ? 0 : value;
}
