// How long packets may be, in bytes.

/** Destination, source, type. */
export const ETHERNET_HEADER_LENGTH = 14;

/** What an interface's MTU may be: IPv4's least, and a jumbo frame's payload. The frame's header is not in it. */
export const MTU_LEAST = 68;
export const MTU_MOST = 9000;
export const MTU_DEFAULT = 1500;

/** The longest packet that either side may write. A program's own may be longer than the interface's MTU. */
export const PACKET_LENGTH_MOST: number = MTU_MOST + ETHERNET_HEADER_LENGTH;
