// The broken drivers are kept, and each is found broken again: what `run` shows under Haiku's scheduler, and that
// exploring finds the defect within a stated number of executions.
import { describe, expect, test } from "vitest";
import { execute } from "#explore/execution";
import { explore, type ExploredFinding } from "#explore/explorer";
import { firstChooser } from "#kernel/chooser";
import { DEFAULT_COSTS, scaleCosts } from "#kernel/costs";
import type { Outcome, OutcomeKind } from "#kernel/outcome";
import { compile } from "#scenario/compile";
import type { Scenario } from "#scenario/types";
import invertedNotify from "#scenarios/inverted-notify";
import mergedClose from "#scenarios/merged-close";
import mergedData from "#scenarios/merged-data";
import mergedPackets from "#scenarios/merged-packets";
import mergedTunsetiff from "#scenarios/merged-tunsetiff";
import notifyInClose from "#scenarios/notify-in-close";
import semaphores from "#scenarios/semaphores";
import silentClose from "#scenarios/silent-close";
import snoozeInClose from "#scenarios/snooze-in-close";
import tunnelDown from "#scenarios/tunnel-down";

describe("the semaphores of July", () => {
  test("run: the write after the killed reader's packet waits for ever", () => {
    const outcome = run(semaphores);
    expect(outcome.kind).toBe("deadlock");
    expect(outcome.message).toBe('"ping" waits for semaphore "tun int send"');
  });

  test("exploring finds that deadlock", () => {
    expect(found(semaphores, "deadlock", 12).outcome.message).toBe('"ping" waits for semaphore "tun int send"');
  });
});

describe("the inverted notify of August", () => {
  const LATE = "answer 1 was taken only after request 2 was written";

  test("run: an answer is taken when the next request is written", () => {
    expect(run(invertedNotify)).toMatchObject({ kind: "assertion", message: LATE });
  });

  test("exploring finds it at once", () => {
    expect(found(invertedNotify, "assertion", 5).outcome.message).toBe(LATE);
  });
});

describe("the close that notifies nobody", () => {
  const HANGS = /^"ifconfig" waits for thread "tap0 reader"; "tap0 reader" waits for condition variable "gIntWait"$/;

  test("run: ifconfig waits for the reader, the reader for a notify", () => {
    expect(run(silentClose)).toMatchObject({ kind: "deadlock", message: expect.stringMatching(HANGS) });
  });

  test("exploring finds it in the first execution", () => {
    expect(found(silentClose, "deadlock", 1).outcome.message).toMatch(HANGS);
  });
});

describe("the close that notifies and deletes the cookie", () => {
  test("run: the panic of the blog post, letter by letter but for the address", () => {
    const outcome = run(notifyInClose);
    expect(outcome.kind).toBe("panic");
    expect(outcome.message).toMatch(
      /^acquire_spinlock: attempt to acquire lock 0x[0-9a-f]{16} twice on non-SMP system \(last caller: 0x0000000000000000, value deadbeef\)$/,
    );
  });

  test("with two CPUs the panic is that of a spinlock that is never released", () => {
    const outcome = run(notifyInClose, 2);
    expect(outcome.kind).toBe("panic");
    expect(outcome.message).toMatch(
      /^acquire_spinlock\(\): Failed to acquire spinlock .* for a long time .*value: deadbeef/,
    );
  });

  test("exploring finds it in the first execution", () => {
    expect(found(notifyInClose, "panic", 1).outcome.message).toContain("value deadbeef");
  });
});

describe("the close that sleeps before it deletes the cookie", () => {
  test("run: the cure seems to work", () => {
    expect(run(snoozeInClose)).toMatchObject({ kind: "finished" });
  });

  test("exploring finds the same use after free", () => {
    expect(found(snoozeInClose, "panic", 50).outcome.message).toMatch(/twice on non-SMP system .*value deadbeef/);
  });
});

describe("the driver as merged", () => {
  test("run: close and data come through", () => {
    expect(run(mergedClose)).toMatchObject({ kind: "finished" });
    expect(run(mergedData)).toMatchObject({ kind: "finished" });
  });

  test("exploring finds the close that its reader never hears of", () => {
    const { message } = found(mergedClose, "deadlock", 200).outcome;
    expect(message).toContain('"ifconfig" waits for thread "tap/0 reader"');
    expect(message).toContain('"tap/0 reader" waits for condition variable "gIntWait"');
  });

  test("exploring finds the reader that sleeps with a packet in the queue", () => {
    const { message } = found(mergedData, "deadlock", 50).outcome;
    expect(message).toBe('"receiver" waits for condition variable "gIntWait"');
  });

  test("two packets come back as one, on every schedule", () => {
    const text = "two 60-byte packets come back as one read of 120";
    expect(run(mergedPackets)).toMatchObject({ kind: "assertion", message: text });
    expect(found(mergedPackets, "assertion", 1).outcome.message).toBe(text);
  });

  test("TUNSETIFF destroys the lock that poll takes", () => {
    const text = /^_mutex_lock\(\): using uninitialized lock 0x[0-9a-f]{16}$/;
    expect(run(mergedTunsetiff)).toMatchObject({ kind: "panic", message: expect.stringMatching(text) });
    expect(found(mergedTunsetiff, "panic", 1).outcome.message).toMatch(text);
  });
});

describe("the tunnel device of today", () => {
  test("run: down comes through", () => {
    expect(run(tunnelDown)).toMatchObject({ kind: "finished" });
  });

  test("exploring finds the release of all that its reader never hears of", () => {
    const { message } = found(tunnelDown, "deadlock", 100).outcome;
    expect(message).toContain('"ifconfig" waits for thread "tap/0 reader"');
    expect(message).toContain('"tap/0 reader" waits for semaphore "tunnel receive queue"');
  });
});

const all = [
  semaphores,
  invertedNotify,
  silentClose,
  notifyInClose,
  snoozeInClose,
  mergedClose,
  mergedData,
  mergedPackets,
  mergedTunsetiff,
  tunnelDown,
];

describe.each(all)("$name", (scenario) => {
  const { expect: expected } = scenario.definition;

  test("has nothing graver than what it declares, in all its schedules", () => {
    const result = explore(compile(scenario));
    expect(result).toMatchObject({ outcome: expected?.explore, exhausted: true });
  });

  test.each([0.5, 2])("runs to the same outcome when everything costs %d times as much", (factor) => {
    const costs = scaleCosts(DEFAULT_COSTS, factor);
    const program = compile({ ...scenario, definition: { ...scenario.definition, costs } });
    expect(execute(program, firstChooser, { time: "measured", costs }).outcome.kind).toBe(expected?.run);
  });
});

function run(scenario: Scenario, cpus = 1): Outcome {
  return execute(compile(scenario, { cpus }), firstChooser, { time: "measured" }).outcome;
}

/** The first finding of this kind, found within `most` executions. */
function found(scenario: Scenario, kind: OutcomeKind, most: number): ExploredFinding {
  const result = explore(compile(scenario), { maxExecutions: most });
  const finding = result.findings.find((each) => each.outcome.kind === kind);
  if (finding === undefined) throw new Error(`no ${kind} in ${result.executions} executions of ${scenario.name}`);
  return finding;
}
