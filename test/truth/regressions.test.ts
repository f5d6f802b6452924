// Goal: what random programs have shown to be wrong stays right. Method: the programs, as small as they were shrunk, compared
// with brute force or with the abstract machine once more; each says what was wrong.
import { describe, expect, test } from "vitest";
import { differences } from "./compare.js";
import { compareWithMachine } from "./compare-with-machine.js";
import { listing, type Op, type OpName, type Program } from "./program.js";
import { SETTINGS, type SettingName } from "./settings.js";

const INTERLEAVINGS_MOST = 20_000;

interface Regression {
  readonly name: string;
  readonly threads: Program["threads"];
  readonly settings?: readonly SettingName[];
}

const op = (name: OpName, operands: Partial<Op> = {}): Op => ({ name, ...operands });
const within = (name: OpName, ...body: Op[]): Op => ({ name, body });

const AGAINST_BRUTE_FORCE: readonly Regression[] = [
  {
    // Whether the unlock was a point was read without being recorded.
    name: "an unlock is a step of its own only if the lock was not destroyed meanwhile",
    threads: [[within("recursive", op("destroy-recursive"), op("notify-one"))], [op("wait-recursive")]],
    settings: ["a point before every unlock"],
  },
  {
    // Its next wake read what it watched if that was changed before it slept again, and did not if after.
    name: "a poller's third sleep, before and after the change that it waits for",
    threads: [[op("set", { on: 1, value: 1 })], [op("set")], [op("poll", { on: 1 })]],
  },
  {
    // The last holder's unlock, which the transfer had made possible, was taken for possible before it.
    name: "a mutex is transferred to a thread that locks it, too",
    threads: [[op("lock", { body: [] })], [op("transfer-lock"), op("switch-lock", { body: [] })]],
  },
  {
    name: "two threads transfer a mutex to one of them",
    threads: [[op("transfer-lock")], [op("transfer-lock")]],
    settings: ["default", "a point before every unlock"],
  },
  {
    name: "a mutex is transferred while a third thread writes what its holder has read",
    threads: [
      [op("lock", { on: 1, body: [] }), op("increment")],
      [op("lock", { on: 1, body: [op("get", { on: 1 })] }), op("transfer-lock", { on: 1 })],
      [op("set", { on: 1, value: 1 })],
    ],
    settings: ["a point before every unlock"],
  },
  {
    // A relock that was refused could have come before the destruction.
    name: "a recursive lock is destroyed between a wait and its relock",
    threads: [
      [op("wait-recursive"), op("increment")],
      [within("try-recursive"), op("destroy-recursive"), op("get")],
    ],
    settings: ["default", "the oracle setting"],
  },
  {
    name: "a wait times out, or is notified, while a third thread takes the lock",
    threads: [[op("notify-one")], [op("wait", { how: "timed" })], [op("lock", { body: [] })]],
  },
  {
    name: "two waits time out, and their lock is destroyed",
    threads: [
      [op("lock", { on: 1, body: [op("wait", { how: "timed" })] }), op("destroy-mutex")],
      [op("wait", { how: "timed" })],
      [op("get")],
    ],
    settings: ["the oracle setting"],
  },
  {
    name: "a recursive lock is destroyed by whoever tried it, and used again",
    threads: [
      [op("destroy-recursive"), within("try-recursive", op("destroy-recursive")), within("recursive")],
      [op("wait-recursive")],
    ],
  },
  {
    name: "two threads destroy a recursive lock whose holder has taken it twice",
    threads: [
      [op("destroy-recursive")],
      [within("recursive", within("recursive")), op("notify-one")],
      [within("recursive"), op("destroy-recursive")],
    ],
    settings: ["the oracle setting"],
  },
  {
    // Who spins for ever is known only when nobody else can go on: its step ran where its lock was not to be had.
    name: "a spinlock is acquired twice on two CPUs",
    threads: [[op("get")], [within("spin")], [within("spin", within("spin"))]],
    settings: ["two CPUs"],
  },
  {
    // The failing step slept where an empty step had led, and nobody went first there.
    name: "a step fails, and others could have gone before it, one of them after a step that touches nothing",
    threads: [[op("assert", { on: 1 }), op("get")], [op("lock", { body: [] })], [op("set", { on: 1, value: 1 })]],
  },
  {
    name: "a write lock's holder waits for itself to end",
    threads: [[within("write")], [within("write", op("join", { on: 1 }))], [op("join")]],
  },
  {
    name: "a failure, and a thread that had nothing to do with it",
    threads: [[op("increment", { on: 1 }), op("atomic-get", { on: 1 })], [op("assert", { on: 1 })], [op("set-field")]],
    settings: ["default", "a point before every unlock"],
  },
  {
    name: "freed memory is touched by two threads in two ways",
    threads: [[op("cookie-notify")], [op("cookie-free"), op("cookie-get")], [op("cookie-destroy")]],
  },
  {
    name: "a reader/writer lock is destroyed by its reader",
    threads: [
      [within("write", within("read", op("destroy-rw"))), within("read")],
      [within("read"), within("read")],
    ],
  },
  {
    name: "a lock's holder asks for it again while another destroys it",
    threads: [[op("destroy-recursive"), within("recursive")], [within("try-recursive", within("recursive"))]],
  },
];

const AGAINST_THE_MACHINE: readonly Regression[] = [
  {
    name: "a mutex is transferred to a thread that queues for it, and so waits for itself",
    threads: [[op("lock", { body: [] })], [op("transfer-lock")]],
  },
  {
    // A timed lock was taken for one that times out, though its time has no end.
    name: "a mutex is transferred to a thread that queues for it without a limit of time",
    threads: [[op("timed-lock", { body: [] })], [op("transfer-lock")]],
  },
  {
    // Whoever tried the lock overtook the thread that had switched to it, and was not in its queue.
    name: "a mutex is tried behind a thread that has switched to it, and has been given the other one back",
    threads: [
      [op("switch-lock", { on: 1, body: [] })],
      [within("lock", op("transfer-lock", { on: 1 }))],
      [within("trylock", op("lock", { on: 1, body: [] }))],
    ],
  },
  {
    name: "a mutex is locked, and its queue joined, before and after a thread switches to it",
    threads: [
      [op("switch-lock", { on: 1, body: [op("get")] })],
      [within("lock", op("set", { value: 1 })), op("lock", { on: 1, body: [] })],
      [op("lock", { on: 1, body: [] }), within("lock", op("set", { value: 2 }))],
    ],
  },
  {
    // The time-out took the first entry of its thread off the queue, not the one that waited.
    name: "a wait times out while its thread has an entry for later",
    threads: [[op("add-entry"), op("wait-bare", { how: "timed" }), op("wait-entry")], [op("set")]],
  },
  {
    // The holder was refused as if it were queued.
    name: "a recursive lock is destroyed while its holder is about to lock it again",
    threads: [
      [op("destroy-recursive"), within("recursive")],
      [within("try-recursive", within("recursive"), op("wait-recursive"))],
    ],
  },
];

/** Plain accesses belong to the step before them here, and each cell is one thread's own. */
const WHERE_NO_ACCESS_IS_A_POINT: readonly Regression[] = [
  {
    // The unlock took effect in the step of the lock.
    name: "a mutex is tried by another before the unlock, behind which plain data is touched",
    threads: [[op("lock", { body: [] }), op("get")], [within("trylock")]],
    settings: ["default", "a point before every unlock", "the oracle setting"],
  },
  {
    // The unlock was still to come when the answer was given.
    name: "whether the caller holds a mutex is asked behind its unlock",
    threads: [[op("lock", { body: [] }), op("is-held")], [within("trylock")]],
    settings: ["default", "a point before every unlock", "the oracle setting"],
  },
];

describe("every strategy sees what brute force sees", () => {
  test.each(cases(AGAINST_BRUTE_FORCE))("%s", (_name, program, setting) => {
    expect(differences(program, SETTINGS[setting], INTERLEAVINGS_MOST), listing(program)).toEqual([]);
  });
});

describe("the simulated kernel and the abstract machine end alike", () => {
  test.each(cases(AGAINST_THE_MACHINE))("%s", (_name, program, setting) => {
    expect(compareWithMachine(program, SETTINGS[setting]), listing(program)).toEqual([]);
  });

  test.each(cases(WHERE_NO_ACCESS_IS_A_POINT))("%s", (_name, program, setting) => {
    expect(compareWithMachine(program, SETTINGS[setting], program, false), listing(program)).toEqual([]);
  });
});

type TestCase = [title: string, program: Program, setting: SettingName];

function cases(regressions: readonly Regression[]): TestCase[] {
  return regressions.flatMap(({ name, threads, settings = ["default"] }) =>
    settings.map((setting): TestCase => [
      setting === "default" ? name : `${name}: ${setting}`,
      { units: 0, threads },
      setting,
    ]),
  );
}
