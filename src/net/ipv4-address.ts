// IPv4 addresses as unsigned 32-bit numbers.

/** An IPv4 address; 10.0.0.1 is 0x0a000001. */
export type IPv4Address = number;

/** The address that a dotted quad says; null for anything else. */
export function parseIPv4(text: string): IPv4Address | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return null;
  return parts.reduce((address, part) => address * 0x100 + part, 0);
}

/** "10.0.0.1"; "--" for no address, as ifconfig prints it. */
export function formatIPv4(address: IPv4Address | null): string {
  if (address === null) return "--";
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}

/** Whether an address can be that of one host on a network: not of a group, of everybody, of nobody, or of a host for itself. */
export function isOneHost(address: IPv4Address): boolean {
  const network = address >>> 24;
  return network !== 0 && network !== 127 && network < 224;
}

/** The mask of a prefix of `length` bits; null when there is no such prefix. */
export function prefixMask(length: number): IPv4Address | null {
  if (!Number.isInteger(length) || length < 0 || length > 32) return null;
  return length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
}

/** The mask of the address's class: what Haiku sets when none is given. */
export function classMask(address: IPv4Address): IPv4Address {
  if (address < 0x8000_0000) return 0xff00_0000;
  return address < 0xc000_0000 ? 0xffff_0000 : 0xffff_ff00;
}

/** The address that reaches every host of the subnet. */
export function broadcastOf(address: IPv4Address, mask: IPv4Address): IPv4Address {
  return (address | ~mask) >>> 0;
}

/** How many bits of a mask are set. */
export function prefixLength(mask: IPv4Address): number {
  let length = 0;
  for (let bits = mask; bits !== 0; bits = (bits << 1) >>> 0) length += bits >>> 31;
  return length;
}
