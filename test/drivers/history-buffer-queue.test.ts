// TCP's queue as the tun drivers of 2023 used it: a stream of bytes, whose packets merge and split.
import { describe, expect, test } from "vitest";
import { BufferQueue } from "#drivers/tun/history/buffer-queue";
import { firstChooser } from "#kernel/chooser";
import { HaikuScheduler } from "#kernel/haiku-scheduler";
import { DEFAULT_COSTS } from "#kernel/costs";
import { Kernel } from "#kernel/kernel";
import { Simulation } from "#kernel/simulation";
import { liveBuffers, NetBuffer } from "#net/net-buffer";

describe("the byte-stream queue", () => {
  test("gives nothing when it is empty", () => {
    const { queue } = withPackets();
    expect(queue.used).toBe(0);
    expect(queue.get(100)).toBeNull();
  });

  test("merges what several adds brought", () => {
    const { queue } = withPackets([1, 1], [2, 2, 2]);
    expect(queue.used).toBe(5);
    expect([...(queue.get(1500)?.bytes ?? [])]).toEqual([1, 1, 2, 2, 2]);
    expect(queue.used).toBe(0);
  });

  test("splits a packet whose end was not asked for, and goes on with the rest", () => {
    const { queue } = withPackets([1, 2, 3, 4]);
    expect([...(queue.get(1)?.bytes ?? [])]).toEqual([1]);
    expect(queue.used).toBe(3);
    expect([...(queue.get(1500)?.bytes ?? [])]).toEqual([2, 3, 4]);
  });

  test("gives two 60-byte packets as 64 and 56 bytes to a reader of 64", () => {
    const { queue } = withPackets(filled(60, 1), filled(60, 2));
    expect(queue.get(64)?.size).toBe(64);
    expect(queue.get(64)?.size).toBe(56);
  });

  test("gives a packet whole to a reader that asks for exactly its size", () => {
    const { queue } = withPackets([1, 1], [2, 2]);
    expect([...(queue.get(2)?.bytes ?? [])]).toEqual([1, 1]);
    expect([...(queue.get(2)?.bytes ?? [])]).toEqual([2, 2]);
  });

  test("takes nothing for an empty packet, and frees it", () => {
    const { kernel, queue } = withPackets([]);
    expect(queue.used).toBe(0);
    expect(liveBuffers(kernel).size).toBe(0);
  });

  test("keeps no buffer that nobody owns", () => {
    const { kernel, queue } = withPackets([1], [2, 3], [4, 5, 6]);
    queue.get(2)?.free();
    expect(liveBuffers(kernel).size).toBe(2);
    queue.get(1500)?.free();
    expect(liveBuffers(kernel).size).toBe(0);
  });
});

function withPackets(...packets: number[][]): { kernel: Kernel; queue: BufferQueue } {
  const simulation = new Simulation((made) => new HaikuScheduler(made, DEFAULT_COSTS), firstChooser);
  const kernel = new Kernel(simulation);
  const queue = new BufferQueue(kernel, "queue");
  for (const bytes of packets) queue.add(new NetBuffer(kernel, Uint8Array.from(bytes)));
  return { kernel, queue };
}

function filled(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}
