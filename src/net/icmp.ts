// ICMP: answers to echo requests, errors to the senders of packets, errors from elsewhere to whoever sent the packet
// they are about (RFC 792, RFC 1122).
//
// Invariants:
//   - no error about an error, about a packet or a frame for everybody, or about any fragment but the first;
//   - an echo reply is the request, but for its type and checksum; its header has the request's type of service, and
//     the route that the request has recorded.
// Linux answers with the same bytes (test/net). Not modelled: redirects, timestamps, address masks, a limit on the
// rate of errors.

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
  ICMP_PARAMETER_PROBLEM,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  quoteOf,
  UNREACHABLE_HOST,
  UNREACHABLE_NEEDS_FRAGMENTING,
  UNREACHABLE_NETWORK,
  UNREACHABLE_PORT,
  UNREACHABLE_PROTOCOL,
} from "#net/icmp-message";
import type { IPv4, Outgoing } from "#net/ipv4";
import type { Complaint, Incoming } from "#net/ipv4-incoming";
import { optionsOfReply, recordRoute } from "#net/ipv4-options";
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

/** Of errors' types of service: the precedence of what keeps networks going, and which bits are the packet's in question (RFC 1812). */
const PRECEDENCE = 0xc0;
const SERVICE_MASK = 0x1e;

const MESSAGE_OF_COMPLAINT: Readonly<Record<Complaint, readonly [type: number, code: number]>> = {
  "no route": [ICMP_UNREACHABLE, UNREACHABLE_NETWORK],
  "host unreachable": [ICMP_UNREACHABLE, UNREACHABLE_HOST],
  "no protocol": [ICMP_UNREACHABLE, UNREACHABLE_PROTOCOL],
  "needs fragmenting": [ICMP_UNREACHABLE, UNREACHABLE_NEEDS_FRAGMENTING],
  "time exceeded": [ICMP_TIME_EXCEEDED, EXCEEDED_IN_TRANSIT],
  "bad option": [ICMP_PARAMETER_PROBLEM, 0],
};

export class Icmp {
  readonly #ipv4: IPv4;
  /** Written while the host boots, and only then. */
  readonly #errorHandlers = new Map<number, ErrorHandler>();
  #messages: MessageHandler | null = null;

  constructor(ipv4: IPv4) {
    this.#ipv4 = ipv4;
    ipv4.register(IPPROTO_ICMP, (incoming) => this.#receive(incoming));
    ipv4.complainTo((complaint, incoming, detail) => this.complain(MESSAGE_OF_COMPLAINT[complaint], incoming, detail));
  }

  /** Who is told of errors about the packets of a protocol. */
  onError(protocol: number, handler: ErrorHandler): void {
    this.#errorHandlers.set(protocol, handler);
  }

  onMessage(handler: MessageHandler): void {
    this.#messages = handler;
  }

  /** Tells the sender of a packet what is wrong with it, if that is allowed; `detail` is the mtu, or the place in the header. */
  *complain([type, code]: readonly [number, number], incoming: Incoming, detail = 0): Steps<void> {
    const { header, packet, isOurs, isBroadcast, isForMany } = incoming;
    if (isBroadcast || isForMany || header.offset > 0 || isError(header, packet) || header.source === 0) return;
    const rest = type === ICMP_PARAMETER_PROBLEM ? ([detail << 8, 0] as const) : ([0, detail] as const);
    yield* this.#send(header, buildIcmpMessage(type, code, rest, quoteOf(packet)), {
      source: isOurs ? header.destination : null,
      typeOfService: PRECEDENCE | (header.typeOfService & SERVICE_MASK),
    });
  }

  *#receive(incoming: Incoming): Steps<boolean> {
    const { header, payload, isBroadcast } = incoming;
    if (payload.length < ICMP_HEADER_LENGTH || checksum(payload) !== 0) return false;
    if (payload[0] === ICMP_ECHO_REQUEST) {
      // The reply comes from the address that was asked, unless that was everybody's.
      yield* this.#send(header, echoReplyTo(payload), {
        source: isBroadcast ? null : header.destination,
        typeOfService: header.typeOfService,
        options: optionsOfReply(recordRoute(header.options, header.destination)),
      });
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

  *#send(
    to: IPv4Header,
    message: Uint8Array,
    how: Pick<Outgoing, "source" | "typeOfService" | "options">,
  ): Steps<void> {
    // Nobody waits for it: what cannot be sent is lost.
    yield* this.#ipv4.send({ ...how, protocol: IPPROTO_ICMP, destination: to.source, payload: () => message });
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
