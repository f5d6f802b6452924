// What Haiku prints when it panics: the banner, the thread, and the thread's stack (facts: haiku.md, section 13).
//
// Invariants:
//   - every frame is one of the simulated thread's own, recorded when it panicked; none is made up;
//   - addresses are functions of file, line and place in the stack: the same on every machine.
// The offset of a frame is its source line, which is what a reader wants to know.

import { plainPaint, type Paint } from "#report/paint";
import { isSystemFile } from "#report/story";
import type { Outcome } from "#kernel/outcome";
import type { Frame, TraceEvent } from "#trace/event";

export interface PanicFacts {
  /** The CPU on which the thread ran. Default 0. */
  readonly cpu?: number;
  /** Whose banner: today's has a line with the revision. Default aug23. */
  readonly era?: "aug23" | "head";
  /** Today's banner names the build. */
  readonly revision?: string;
  readonly paint?: Paint;
}

const STACK_BYTES = 0x5000;

/** The stack of the thread that panicked or failed, or of `thread`, innermost frame first; empty when not recorded. */
export function stackOf(events: readonly TraceEvent[], thread = 0): readonly Frame[] {
  const isIt = (event: TraceEvent): boolean => (thread === 0 ? event.kind === "panicked" : event.thread === thread);
  return events.findLast((event) => isIt(event) && event.frames.length > 0)?.frames ?? [];
}

/** The kernel debugger's first screen for a panic. */
export function panicScreen(events: readonly TraceEvent[], outcome: Outcome, facts: PanicFacts = {}): string {
  const { cpu = 0, era = "aug23", revision = "lockstep", paint = plainPaint } = facts;
  const panic = events.findLast((event) => event.kind === "panicked");
  const thread = `${panic?.thread ?? outcome.thread} "${panic?.threadName ?? ""}"`;
  const [message = "", commands] = outcome.message.trimEnd().split(" @! ");
  return [
    paint.red(paint.bold(`PANIC: ${message}`)),
    "Welcome to Kernel Debugging Land...",
    ...(era === "head" ? [`revision: ${revision}`] : []),
    `Thread ${thread} running on CPU ${cpu}`,
    ...(commands === undefined ? [] : [`initial commands: ${commands}`]),
    `stack trace for thread ${thread}`,
    ...stackLines(stackOf(events), panic?.thread ?? 0),
    "kdebug> ",
  ].join("\n");
}

/** The lines of a stack trace, as `bt` prints them. */
export function stackLines(frames: readonly Frame[], thread: number): string[] {
  const bottom = 0x8100_0000 + ((thread * 0x9000) % 0x0f00_0000);
  const top = bottom + STACK_BYTES;
  const lines = [
    `    kernel stack: ${address(bottom)} to ${address(top)}`,
    "frame                       caller             <image>:function + offset",
  ];
  const sizes = frames.map((frame) => 16 + 8 * (hash(frame.name) % 14));
  let base = top - 0x48 - sizes.reduce((sum, size) => sum + size, 0);
  for (const [place, frame] of frames.entries()) {
    const size = sizes[place] ?? 16;
    const where = `<${imageOf(frame.file)}> ${frame.name} + 0x${frame.line.toString(16)}`;
    lines.push(
      `${String(place).padStart(2)} ${bare(base)} (+${String(size).padStart(4)}) ${bare(instruction(frame))}   ${where}`,
    );
    base += size;
  }
  return lines;
}

/** The image in which a file's code lies: its driver's name, or the kernel. */
export function imageOf(file: string): string {
  if (isSystemFile(file) || file.startsWith("src/")) return "kernel_x86_64";
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.[cm]?[jt]s$/, "");
}

// Each file has 64 KiB of its own; a line is 16 bytes.
function instruction(frame: Frame): number {
  const isKernel = imageOf(frame.file) === "kernel_x86_64";
  return (
    (isKernel ? 0x8000_0000 : 0x8200_0000) + (hash(frame.file) % 0x100) * 0x1_0000 + ((frame.line * 16) % 0x1_0000)
  );
}

// FNV-1a, 32 bits.
function hash(text: string): number {
  let value = 0x811c_9dc5;
  for (let place = 0; place < text.length; place++)
    value = Math.imul(value ^ text.charCodeAt(place), 0x0100_0193) >>> 0;
  return value;
}

function bare(low: number): string {
  return `ffffffff${(low >>> 0).toString(16).padStart(8, "0")}`;
}

function address(low: number): string {
  return `0x${bare(low)}`;
}
