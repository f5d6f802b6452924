// Seeing every packet that crosses an interface, from outside: the observer is no part of the machine, takes no lock,
// costs no time and changes nothing. (Inside the machine there are monitors: registerMonitor.)

import type { Kernel } from "#kernel/kernel";

/** A packet at the moment when it was given to a device, or came from one, link header included. */
export interface CapturedPacket {
  /** Microseconds of virtual time. */
  readonly time: number;
  readonly host: string;
  readonly interface: string;
  /** IFT_ETHER, IFT_LOOP, IFT_TUNNEL. */
  readonly hardwareType: number;
  readonly direction: "in" | "out";
  /** A copy, the observer's to keep. */
  readonly bytes: Uint8Array;
  /** Why it went no further: "not sent: ENOBUFS"; empty for all that is well. */
  readonly comment: string;
}

export type Capture = (packet: CapturedPacket) => void;

const SERVICE = "capture";

/** Has every packet on this host's interfaces shown to `capture`. Before the first interface is made. */
export function installCapture(kernel: Kernel, capture: Capture): void {
  kernel.services.set(SERVICE, capture);
}

/** Who watches this host; null for nobody. */
export function captureOf(kernel: Kernel): Capture | null {
  return (kernel.services.get(SERVICE) as Capture | undefined) ?? null;
}
