// What things cost in measured time: an assumption, not a measurement of Haiku.
//
// The figures are of the order of a 2 GHz machine of 2023. No verdict may depend on them: a test halves and
// doubles them all.

/** CPU time in nanoseconds. */
export interface Costs {
  /** One operation on a lock, condition variable, semaphore, atomic, without contention. */
  readonly operation: number;
  /** Choosing another thread and switching to it. */
  readonly contextSwitch: number;
  /** Creating a thread. */
  readonly spawn: number;
  /** Entering and leaving the kernel. */
  readonly syscall: number;
  /** Copying one byte between user and kernel. */
  readonly copyPerByte: number;
  /** A timer interrupt: a wait's end, or the tick that ends a quantum. */
  readonly interrupt: number;
  /** What a protocol layer does with one packet, besides its operations. */
  readonly packet: number;
  /** Summing one byte up for a checksum, or copying it inside the stack. */
  readonly packetPerByte: number;
  /** A program's own work in one round of its event loop, besides its syscalls. */
  readonly programRound: number;
  /** A tunnel daemon's work on one packet, and on one of its bytes (cipher and authentication). */
  readonly cipherPerPacket: number;
  readonly cipherPerByte: number;
}

export const DEFAULT_COSTS: Costs = {
  operation: 60,
  contextSwitch: 1_500,
  spawn: 8_000,
  syscall: 250,
  copyPerByte: 0.25,
  interrupt: 800,
  packet: 400,
  packetPerByte: 0.3,
  programRound: 20_000,
  cipherPerPacket: 5_000,
  cipherPerByte: 8,
};

/** The same costs, each multiplied by `factor`. */
export function scaleCosts(costs: Costs, factor: number): Costs {
  const scaled = Object.entries(costs).map(([name, cost]: [string, number]) => [name, cost * factor]);
  return Object.fromEntries(scaled) as unknown as Costs;
}
