// Memory as Haiku's debugger dumps it: an address, the bytes as characters, the values.

import { InputError } from "#base/assert";
import { formatAddress, KernelObject } from "#kernel/kernel-object";
import type { Debugger } from "#kdl/debugger";
import { addressOf, findBlock, findNumber } from "#kdl/find";
import { wordsOf, wordsOfField } from "#kdl/memory";
import type { Moment } from "#kdl/moment";

const ROW_BYTES = 16;

/** A stretch of memory that can be dumped. */
interface Region {
  readonly what: string;
  /** Its beginning, low 32 bits. */
  readonly address: number;
  readonly words: readonly number[];
}

/**
 * Dumps from an address on, to the end of its block unless told how many values.
 * @param size bytes of a value: 1, 4 or 8
 * @throws InputError for memory that is not the heap's
 */
export function dump({ moment }: Debugger, words: readonly string[], size: 1 | 4 | 8, name: string): string {
  const [where, count] = words;
  if (where === undefined)
    throw new InputError(`${name} takes an address in the heap: ${name} 0xffffffff90000240 [count]`);
  const region = regionOf(moment, where);
  const from = (addressOf(where) ?? region.address) - region.address;
  const bytes = bytesOf(region.words);
  const most = Math.floor((bytes.length - from) / size);
  const values = count === undefined ? most : findNumber(count, "the number of values", 1);
  if (values > most || from % size !== 0) {
    throw new InputError(
      `the ${region.what} is ${bytes.length} bytes from ${formatAddress(region.address)} on: from there, ${most} values of ${size} are left`,
    );
  }
  const rows: string[] = [];
  for (let at = from; at < from + values * size; at += ROW_BYTES) {
    const end = Math.min(at + ROW_BYTES, from + values * size);
    rows.push(row(region.address + at, bytes.slice(at, end), size));
  }
  return rows.join("\n");
}

// An object inside a block is a stretch of its own: what messages call its address is where its words are shown.
function regionOf(moment: Moment, where: string): Region {
  const address = addressOf(where);
  for (const block of address === null ? [] : moment.blocks) {
    for (const [place, name] of block.type.fieldNames.entries()) {
      const inner = block.type.fields[name]?.kind === "embedded" ? block.get(place) : null;
      if (!(inner instanceof KernelObject) || inner.address !== address) continue;
      return { what: `${inner.type} "${inner.title}"`, address, words: wordsOfField(block, place) };
    }
  }
  const block = findBlock(moment, where);
  return { what: `block of ${block.type.name}`, address: block.address, words: wordsOf(block) };
}

function row(address: number, bytes: readonly number[], size: number): string {
  const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
  const values: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const digits = bytes.slice(at, at + size).toReversed();
    values.push(digits.map((byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
  return `[${formatAddress(address)}]  ${text.padEnd(ROW_BYTES)}  ${values.join(" ")}`;
}

// Little-endian, as on the machine.
function bytesOf(words: readonly number[]): number[] {
  return words.flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);
}
