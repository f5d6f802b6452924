// The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words.

/** The sum of `bytes` from `start` to `end`, to be continued or folded. An odd last byte counts as a high one. */
export function checksumSum(bytes: Uint8Array, start = 0, end: number = bytes.length, initial = 0): number {
  let sum = initial;
  const even = end - ((end - start) & 1);
  for (let at = start; at < even; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (even < end) sum += (bytes[even] ?? 0) << 8;
  return sum;
}

/** The checksum of a sum: 16 bits. */
export function foldChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x1_0000);
  return ~folded & 0xffff;
}

/** The checksum over a part of `bytes`; 0 when they hold their own, right, checksum. */
export function checksum(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  return foldChecksum(checksumSum(bytes, start, end));
}
