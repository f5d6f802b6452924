// Goal: a finding's page has everything on it, in the order in which one wants to know it.
import { describe, expect, test } from "vitest";
import { findingReport } from "#report/finding-report";
import { imageOf, panicScreen, stackOf } from "#report/panic-screen";
import * as programs from "./programs.js";

test("the columns of the table of waits stand below their headings, however short the threads' names are", () => {
  const { events, outcome } = programs.failureOf(programs.takenByAnother, "deadlock");
  const report = findingReport({ scenario: "short", outcome, events, steps: 1, time: "adversarial", replay: "" });
  const lines = report.split("\n");
  const heading = lines.find((line) => line.includes("who has it")) ?? "";
  const row = lines[lines.indexOf(heading) + 1] ?? "";
  expect(row.indexOf("condition variable")).toBe(heading.indexOf("waits for"));
  expect(row.indexOf("nobody notifies it")).toBe(heading.indexOf("who has it"));
});

describe("the panic's screen", () => {
  test("is what Haiku prints, with the thread's real stack", () => {
    const { events, outcome } = programs.failureOf(programs.freedCookie(0), "panic");
    const screen = panicScreen(events, outcome).split("\n");
    expect(screen.slice(0, 4)).toEqual([
      `PANIC: ${outcome.message}`,
      "Welcome to Kernel Debugging Land...",
      'Thread 1 "tap0 reader" running on CPU 0',
      'stack trace for thread 1 "tap0 reader"',
    ]);
    expect(screen[4]).toMatch(/^ {4}kernel stack: 0xffffffff[0-9a-f]{8} to 0xffffffff[0-9a-f]{8}$/);
    expect(screen[5]).toBe("frame                       caller             <image>:function + offset");
    const frames = screen.slice(6, -1);
    for (const [place, line] of frames.entries()) {
      expect(line).toMatch(
        /^[ \d]\d ffffffff[0-9a-f]{8} \(\+[ \d]{4}\) ffffffff[0-9a-f]{8} {3}<\w+> \S+ \+ 0x[0-9a-f]+$/,
      );
      expect(Number(line.slice(0, 2))).toBe(place);
    }
    expect(frames[0]).toContain("<kernel_x86_64> Kernel.panic + 0x");
    expect(frames.at(-1)).toContain("<programs> tun_read + 0x");
    expect(screen.at(-1)).toBe("kdebug> ");
  });

  test("of today's kernel names the build", () => {
    const { events, outcome } = programs.failureOf(programs.freedCookie(0), "panic");
    expect(panicScreen(events, outcome)).not.toContain("revision:");
    expect(panicScreen(events, outcome, { era: "head", revision: "hrev58000" })).toContain("\nrevision: hrev58000\n");
  });

  test("runs the commands that a message carries instead of printing them", () => {
    const { events, outcome } = programs.failureOf(programs.freedCookie(0), "panic");
    const screen = panicScreen(events, { ...outcome, message: "mutex_destroy(): the lock is held @! bt 7" });
    expect(screen).toContain("PANIC: mutex_destroy(): the lock is held\n");
    expect(screen).toContain("\ninitial commands: bt 7\n");
  });

  test("names a driver's image after its file", () => {
    expect(imageOf("drivers/tun/tun.ts")).toBe("tun");
    expect(imageOf("src/sync/mutex.ts")).toBe("kernel_x86_64");
    expect(imageOf("devfs/device-file.ts")).toBe("kernel_x86_64");
  });

  test("takes a stack for any thread that waits at the end", () => {
    const { events } = programs.failureOf(programs.oppositeOrders, "deadlock");
    expect(stackOf(events, 2).map(({ name }) => name)).toEqual(["move"]);
  });
});

test("a page says what, who and why, shows the interleaving, and ends with the command that replays it", () => {
  const { events, outcome } = programs.failureOf(programs.lostNotify, "deadlock");
  const page = findingReport({
    scenario: "close against read",
    outcome,
    events,
    replay: "lockstep replay ls1:close",
    preemptions: 1,
    steps: 6,
    coverage: "1 distinct failure, first failure in execution 2",
  });
  expect(page).toMatchInlineSnapshot(`
    "deadlock: lost wakeup on condition variable "readable", for which "reader" waits
    close against read, 6 steps, 1 preemption

      thread    waits for                      who has it
      ifconfig  the end of "reader"            it waits itself
                programs.ts:76
      reader    condition variable "readable"  nobody notifies it
                programs.ts:65 tun_read

      Lost wakeup: "ifconfig" notified all waiters of condition variable "readable"
      at step 4 in tun_close (test/report/programs.ts:71), and found nobody waiting;
      a condition variable does not remember a notify.
      "reader" began to wait only after that, at step 5 in tun_read
      (test/report/programs.ts:65), and nothing has woken it since.
      "reader" had tested "queued" in tun_read (test/report/programs.ts:64), which
      "ifconfig" did not change: nothing could have told it of that notify.

      hint: The notify does not hold mutex "read lock", which the wait gives back: a
            thread that has made its test and not yet begun to wait never hears it.
            Set what the test reads (a flag such as "closing") and notify, both
            under mutex "read lock".

    (4 events of the set-up left out)
     step  reader                 ifconfig                  where
        1  start
        2  lock "read lock"                                 programs.ts:63 tun_read
        3                         start
        4                         notify all "readable"     programs.ts:71 tun_close
                                    found nobody
        5  wait "readable"                                  programs.ts:65 tun_read
             blocked
                                    waits for "reader"      programs.ts:76

    replay:   lockstep replay ls1:close
    searched: 1 distinct failure, first failure in execution 2"
  `);
});

test("a panic's page shows the panic's screen", () => {
  const { events, outcome } = programs.failureOf(programs.freedCookie(0), "panic");
  const page = findingReport({ scenario: "close", outcome, events, replay: "lockstep replay ls1:close" });
  expect(page).toContain("  Welcome to Kernel Debugging Land...\n");
});
