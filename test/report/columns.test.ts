// Goal: an interleaving can be read at a glance, within the width that is there.
// Method: traces of small failures, and made-up long ones.
import { describe, expect, test } from "vitest";
import { columns } from "#report/columns";
import { fold } from "#report/fold";
import { plainPaint, type Paint } from "#report/paint";
import type { TraceEvent } from "#trace/event";
import * as programs from "./programs.js";

describe("columns", () => {
  test("show one column a thread, one line a step, effects below and the place at the right", () => {
    const { events } = programs.failureOf(programs.freedCookie(10), "panic");
    expect(columns(events)).toMatchInlineSnapshot(`
      "(5 events of the set-up left out)
       step  tap0 reader            ifconfig                 where
          1  start
          2  lock "read lock"                                programs.ts:162 tun_read
          3  wait "gIntWait"                                 programs.ts:163 tun_read
               blocked
          4                         start
          5                         notify all "gIntWait"    programs.ts:167 tun_close
               woken by ifconfig
          6                         snooze(10)               programs.ts:168 tun_close
          7                         sleep is over            programs.ts:168 tun_close
                                      free Cookie            programs.ts:169 tun_close
                                      ends
          8  lock again "read lock"                          programs.ts:163 tun_read
               use of mutex "read lock": freed!              programs.ts:163 tun_read
               PANIC                                         programs.ts:163 tun_read"
    `);
  });

  test("tell threads of one name apart", () => {
    const { events } = programs.failureOf(programs.twoOfOneName, "deadlock");
    const heading = columns(events).split("\n")[1] ?? "";
    expect(heading).toMatch(/^ step {2}writer #1 +writer #2 +where$/);
    const narrow = columns(events, { width: 40 });
    expect(narrow).toContain("writer#1");
    expect(narrow).toContain("writer#2");
    for (const line of narrow.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
  });

  test("show where each thread is stuck at the end", () => {
    const { events } = programs.failureOf(programs.oppositeOrders, "deadlock");
    expect(columns(events)).toMatchInlineSnapshot(`
      "(4 events of the set-up left out)
       step  filler                    drainer                     where
          1  start
          2  lock "queue"                                          programs.ts:47 move
          3                            start
          4                            lock "pool"                 programs.ts:47 move
               waits to lock "pool"                                programs.ts:48 move
                                         waits to lock "queue"     programs.ts:48 move"
    `);
  });

  test.each([30, 50, 80, 100, 160])("are never wider than %i characters", (width) => {
    for (const program of [programs.stolenNotify, programs.oppositeOrders, programs.lostNotify]) {
      const text = columns(programs.failureOf(program, "deadlock").events, { width });
      for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test("fall back to names before the lines where there is no room for columns", () => {
    const { events } = programs.failureOf(programs.stolenNotify, "deadlock");
    expect(columns(events, { width: 50 })).toMatch(/step +thread/);
    expect(columns(events, { width: 100 })).toMatch(/step +p1 +p2 +c1 +c2/);
  });

  test("fold what is repeated, and with `verbose` do not", () => {
    const { events } = programs.failureOf(programs.poller, "livelock");
    expect(columns(events)).toMatch(/\.\.\. these 3 lines \d+ times/);
    expect(columns(events, { verbose: true }).split("\n").length).toBeGreaterThan(600);
  });

  test("leave out the set-up and say how much of it", () => {
    const { events } = programs.failureOf(programs.oppositeOrders, "deadlock");
    const moved = events.map((event): TraceEvent => ({ ...event, inSetup: event.step <= 2 }));
    expect(columns(moved)).toMatch(/^\(\d+ events of the set-up left out\)/);
    expect(columns(moved)).not.toContain('lock "queue"                 ');
    expect(columns(moved, { verbose: true })).toContain('lock "queue"');
  });

  test("painted are the same text", () => {
    const { events } = programs.failureOf(programs.lostNotify, "deadlock");
    const mark = (text: string): string => `\u001b[1m${text}\u001b[0m`;
    const marks: Paint = { bold: mark, dim: mark, red: mark, green: mark, yellow: mark, cyan: mark };
    // The marks of a terminal are control characters.
    // oxlint-disable-next-line no-control-regex
    const unmarked = columns(events, { paint: marks }).replace(/\u001b\[\dm/g, "");
    expect(unmarked).toBe(columns(events, { paint: plainPaint }));
  });
});

describe("folding", () => {
  const shown = (text: string): string =>
    fold([...text], (letter) => letter)
      .map(({ items, times }) => (times === 1 ? items.join("") : `(${items.join("")})${times}`))
      .join("");

  test("finds the shortest pattern that covers most", () => {
    expect(shown("abcabcabcabx")).toBe("(abc)3abx");
    expect(shown("xaaaay")).toBe("x(a)4y");
  });

  test("leaves pairs as they are", () => {
    expect(shown("aabbab")).toBe("aabbab");
  });
});
