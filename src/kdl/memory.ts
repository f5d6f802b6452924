// A block of the heap as words in memory: what dw and db show.
//
// The words are those the machine would have: numbers and flags as they are, pointers as addresses, memory that was
// filled as it was filled. Of an embedded object only what the simulation keeps is there (a mutex's holder); the rest of
// its words read 0.

import { FREED, FRESH, type Block } from "#kernel/block";
import { formatAddress, KernelObject } from "#kernel/kernel-object";
import { Mutex } from "#sync/mutex";
import { describeValue } from "#trace/recorder";

const HIGH = 0xffff_ffff;

/** The words of a block, 32 bits each, from its beginning. */
export function wordsOf(block: Block): number[] {
  return block.type.fieldNames.flatMap((_, place) => wordsOfField(block, place));
}

/** The words of one field. */
export function wordsOfField(block: Block, place: number): number[] {
  const field = block.type.fields[block.type.fieldNames[place] ?? ""];
  return field === undefined ? [] : fieldWords(block, place, field.kind, Math.max(1, Math.ceil(field.size / 4)));
}

function fieldWords(block: Block, place: number, kind: string, length: number): number[] {
  const value = block.get(place);
  if (kind === "embedded") return embeddedWords(block, value, length);
  if (kind === "reference") return referenceWords(block, value, length);
  if (typeof value === "string") return textWords(value, length);
  const word = typeof value === "boolean" ? (value ? filledOr(block, 1) : 0) : Number(value) >>> 0;
  return Array.from({ length }, (_, index) => (index === 0 ? word : 0));
}

function embeddedWords(block: Block, value: unknown, length: number): number[] {
  const fill = fillOf(block);
  const words = Array.from({ length }, () => fill ?? 0);
  if (!(value instanceof Mutex)) return words;
  const holder = value.holderWord >>> 0;
  if (fill === null && (holder === FREED || holder === FRESH)) return words.fill(holder);
  words[length - 1] = holder;
  return words;
}

// A poisoned pointer is a function that must not be touched.
function referenceWords(block: Block, value: unknown, length: number): number[] {
  if (value === null || value === undefined) return Array.from({ length }, () => 0);
  if (typeof value === "function") return Array.from({ length }, () => fillOf(block) ?? FRESH);
  const address = addressOfValue(value);
  return Array.from({ length }, (_, index) => (address === 0 ? 0 : index === 0 ? address : HIGH));
}

function textWords(text: string, length: number): number[] {
  const bytes = Array.from({ length: length * 4 }, (_, index) => (text.charCodeAt(index) || 0) & 0xff);
  return Array.from({ length }, (_, index) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(index * 4, index * 4 + 4);
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  });
}

function filledOr(block: Block, word: number): number {
  return fillOf(block) ?? word;
}

/** With what a freed block was filled; null for a live one, and where nothing is filled. */
export function fillOf(block: Block): number | null {
  return block.freed !== null && block.kernel.debug === "kdebug" ? FREED : null;
}

/** The address (its low 32 bits) that a pointer to this has; 0 when it has none. */
export function addressOfValue(value: unknown): number {
  if (value instanceof KernelObject) return value.address;
  if (typeof value !== "object" || value === null || !("$block" in value)) return 0;
  return (value.$block as Block).address;
}

/** A field's value as somebody reads it: a number in both bases, a pointer with its address, a lock with its state. */
export function fieldText(block: Block, place: number): string {
  const field = block.type.fields[block.type.fieldNames[place] ?? ""];
  const value = block.get(place);
  if (value instanceof KernelObject) {
    const state = block.freed === null ? value.stateWords() : "freed memory";
    return `${value.type} ${formatAddress(value.address)} "${value.title}"${state === "" ? "" : `, ${state}`}`;
  }
  if (field?.kind === "reference") return pointerText(block, value);
  if (typeof value === "number") return `${value} (0x${(value >>> 0).toString(16)})`;
  const isFilled = fillOf(block) !== null && (typeof value === "boolean" || typeof value === "string");
  return isFilled ? `${describeValue(value)} (0x${FREED.toString(16)})` : describeValue(value);
}

function pointerText(block: Block, value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "function") {
    const word = (fillOf(block) ?? FRESH).toString(16);
    return `0x${word}${word}`;
  }
  const address = addressOfValue(value);
  if (address !== 0) return `${formatAddress(address)}${nameOf(value)}`;
  return describeValue(value) === "..." ? "an object that is not in the simulated memory" : describeValue(value);
}

function nameOf(value: unknown): string {
  if (value instanceof KernelObject) return ` ${value.type} "${value.title}"`;
  return ` ${(value as { $block: Block }).$block.type.name}`;
}
