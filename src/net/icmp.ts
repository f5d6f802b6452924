// ICMP: answers to echo requests, errors to the senders of packets, errors from elsewhere to whoever sent the packet
// they are about (RFC 792, RFC 1122).
//
// Invariants:
//   - no error about an error, about a packet for everybody, or about any fragment but the first;
//   - an echo reply is the request, but for its type and checksum.
// Not modelled: redirects, timestamps, address masks, a limit on the rate of errors.

import { readUint16 } from "#base/bytes";
import { ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, type Status } from "#base/status";
import type { Steps } from "#kernel/operation";
import { checksum } from "#net/checksum";
import {
  buildIcmpMessage,
  echoReplyTo,
  EXCEEDED_IN_TRANSIT,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_LENGTH,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  quoteOf,
  UNREACHABLE_HOST,
  UNREACHABLE_NEEDS_FRAGMENTING,
  UNREACHABLE_NETWORK,
  UNREACHABLE_PORT,
  UNREACHABLE_PROTOCOL,
} from "#net/icmp-message";
import type { Complaint, Incoming, IPv4 } from "#net/ipv4";
import { IPPROTO_ICMP, parseIPv4Packet, type IPv4Header } from "#net/ipv4-packet";

/** Told of an error about a packet of its protocol: that packet's header, and what is left of its payload. */
export type ErrorHandler = (about: IPv4Header, payload: Uint8Array, status: Status) => Steps<void>;

/** Gets a copy of each message but echo requests: the raw sockets. */
export type MessageHandler = (incoming: Incoming) => Steps<void>;

/** What the types and codes of errors say to the sender. */
const STATUS_OF_CODE: ReadonlyMap<number, Status> = new Map([
  [UNREACHABLE_NETWORK, ENETUNREACH],
  [UNREACHABLE_HOST, EHOSTUNREACH],
  [UNREACHABLE_PROTOCOL, ECONNREFUSED],
  [UNREACHABLE_PORT, ECONNREFUSED],
  [UNREACHABLE_NEEDS_FRAGMENTING, EMSGSIZE],
]);

const MESSAGE_OF_COMPLAINT: Readonly<Record<Complaint, readonly [type: number, code: number]>> = {
  "no route": [ICMP_UNREACHABLE, UNREACHABLE_NETWORK],
  "host unreachable": [ICMP_UNREACHABLE, UNREACHABLE_HOST],
  "no protocol": [ICMP_UNREACHABLE, UNREACHABLE_PROTOCOL],
  "needs fragmenting": [ICMP_UNREACHABLE, UNREACHABLE_NEEDS_FRAGMENTING],
  "time exceeded": [ICMP_TIME_EXCEEDED, EXCEEDED_IN_TRANSIT],
};

export class Icmp {
  readonly #ipv4: IPv4;
  /** Written while the host boots, and only then. */
  readonly #errorHandlers = new Map<number, ErrorHandler>();
  #messages: MessageHandler | null = null;

  constructor(ipv4: IPv4) {
    this.#ipv4 = ipv4;
    ipv4.register(IPPROTO_ICMP, (incoming) => this.#receive(incoming));
    ipv4.complainTo((complaint, incoming, mtu) => this.complain(MESSAGE_OF_COMPLAINT[complaint], incoming, mtu));
  }

  /** Who is told of errors about the packets of a protocol. */
  onError(protocol: number, handler: ErrorHandler): void {
    this.#errorHandlers.set(protocol, handler);
  }

  onMessage(handler: MessageHandler): void {
    this.#messages = handler;
  }

  /** Tells the sender of a packet what is wrong with it, if that is allowed. */
  *complain([type, code]: readonly [number, number], incoming: Incoming, mtu = 0): Steps<void> {
    const { header, packet, isBroadcast } = incoming;
    if (isBroadcast || header.offset > 0 || isError(header, packet) || header.source === 0) return;
    const quote = quoteOf(packet, header.headerLength);
    yield* this.#send(header, buildIcmpMessage(type, code, [0, mtu], quote), null);
  }

  *#receive(incoming: Incoming): Steps<boolean> {
    const { header, payload, isBroadcast } = incoming;
    if (payload.length < ICMP_HEADER_LENGTH || checksum(payload) !== 0) return false;
    if (payload[0] === ICMP_ECHO_REQUEST) {
      // The reply comes from the address that was asked, unless that was everybody's.
      yield* this.#send(header, echoReplyTo(payload), isBroadcast ? null : header.destination);
      return true;
    }
    if (payload[0] !== ICMP_ECHO_REPLY) yield* this.#passError(payload);
    if (this.#messages !== null) yield* this.#messages(incoming);
    return true;
  }

  *#passError(message: Uint8Array): Steps<void> {
    const [type, code = 0] = message;
    const status = type === ICMP_TIME_EXCEEDED ? EHOSTUNREACH : STATUS_OF_CODE.get(code);
    if ((type !== ICMP_UNREACHABLE && type !== ICMP_TIME_EXCEEDED) || status === undefined) return;
    const quoted = message.subarray(ICMP_HEADER_LENGTH);
    const about = parseQuoted(quoted);
    if (about === null) return;
    const handler = this.#errorHandlers.get(about.protocol);
    if (handler !== undefined) yield* handler(about, quoted.subarray(about.headerLength), status);
  }

  *#send(to: IPv4Header, message: Uint8Array, source: number | null): Steps<void> {
    // Nobody waits for it: what cannot be sent is lost.
    yield* this.#ipv4.send({ protocol: IPPROTO_ICMP, source, destination: to.source, payload: () => message });
  }
}

function isError(header: IPv4Header, packet: Uint8Array): boolean {
  if (header.protocol !== IPPROTO_ICMP) return false;
  const type = packet[header.headerLength];
  return type !== ICMP_ECHO_REQUEST && type !== ICMP_ECHO_REPLY;
}

// An error quotes only the front of a packet, so its header says more bytes than there are.
function parseQuoted(quoted: Uint8Array): IPv4Header | null {
  const length = readUint16(quoted, 2);
  if (length <= quoted.length) return parseIPv4Packet(quoted);
  const padded = new Uint8Array(length);
  padded.set(quoted);
  return parseIPv4Packet(padded);
}
