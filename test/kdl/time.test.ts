// Goal: time goes both ways and shows the same. Method: every moment of small executions, in both models of time, held to
// the recorded trace, and reached from both sides.
import { describe, expect, test } from "vitest";
import type { Debugger } from "#kdl/debugger";
import { record } from "#kdl/recording";
import { planOf } from "#kdl/state";
import { ThreadState } from "#kernel/thread";
import {
  debuggerOn,
  debuggerOnRun,
  everyLock,
  lostWakeup,
  manyRounds,
  oppositeOrders,
  says,
  useAfterFree,
} from "./programs.js";

const opened: [name: string, open: () => Debugger][] = [
  ["a lost wakeup", () => debuggerOn(lostWakeup, "deadlock")],
  ["a use after free", () => debuggerOn(useAfterFree, "panic")],
  ["two locks, and a section with interrupts off", () => debuggerOn(oppositeOrders, "deadlock")],
  ["a run in measured time", () => debuggerOnRun(everyLock)],
];

/** All that there is to see at a moment. */
function view(kdl: Debugger): string {
  return says(kdl, "threads; objects; bt; io_context");
}

describe.each(opened)("%s", (_name, open) => {
  test("has at every step the threads that the trace says", () => {
    const kdl = open();
    for (let step = 1; step < kdl.timeline.last; step++) {
      const { simulation, threads } = kdl.timeline.at(step);
      expect(simulation.steps).toBe(step);
      expect(simulation.lastThread?.id).toBe(kdl.timeline.stepEvent(step)?.thread);
      const dead = kdl.timeline.events.filter((event) => event.kind === "exited" && event.step <= step);
      const isDead = threads.filter((thread) => thread.state === ThreadState.dead).map(({ id }) => id);
      expect(isDead.toSorted()).toEqual(dead.map(({ thread }) => thread).toSorted());
    }
  });

  test("looks the same whether one comes from the past or from the future", () => {
    const kdl = open();
    const seen: string[] = [];
    for (let step = kdl.timeline.last; step > 0; step--) {
      seen.unshift(view(kdl));
      says(kdl, "back");
    }
    const again = open();
    says(again, "run-to start");
    for (const each of seen) {
      says(again, "step");
      expect(view(again)).toBe(each);
    }
  });

  test("says at every step who goes next and who else could, as the living threads do", () => {
    const kdl = open();
    for (let step = kdl.timeline.setup + 1; step < kdl.timeline.last; step++) {
      const { candidates, threads } = kdl.timeline.at(step);
      const next = kdl.timeline.stepEvent(step + 1)?.thread;
      const taker = threads.find(({ id }) => id === next);
      const others = candidates.filter(({ id }) => id !== next).map(planOf);
      const could = others.length === 0 ? "" : `; instead could go ${others.join("; ")}`;
      const said = says(kdl, `run-to ${step}`).replace(/\s+/g, " ");
      if (taker !== undefined) expect(said).toContain(` Next is ${planOf(taker)}${could}.`);
    }
  });

  test("lets at every step the thread of the next one go", () => {
    const kdl = open();
    if (kdl.subject.schedule.time === "measured") return;
    for (let step = 0; step < kdl.timeline.last; step++) {
      const next = kdl.timeline.stepEvent(step + 1)?.thread;
      expect(kdl.timeline.at(step).candidates.map(({ id }) => id)).toContain(next);
    }
  });
});

describe("going", () => {
  test("says the step, what it did, and who could go on", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(says(kdl, "run-to 2")).toMatchInlineSnapshot(`
      "    2  "reader" lock "mailbox lock"                                          programs.ts:67 box_read
                reads mailbox.letters                                              programs.ts:68 box_read
                reads mailbox.closing
      Step 2 of 5. Next is "closer": start; instead could go "reader": wait "letter arrived".
      "
    `);
    expect(says(kdl, "step; step; back")).toMatchInlineSnapshot(`
      "    3  "closer" start
                mailbox.closing = true                                            programs.ts:76 box_close
      Step 3 of 5. Next is "closer": notify "letter arrived"; instead could go "reader": wait "letter
      arrived".
          4  "closer" notify all "letter arrived"                                 programs.ts:77 box_close
                found nobody
                ends
      Step 4 of 5. Next is "reader": wait "letter arrived".
          3  "closer" start
                mailbox.closing = true                                            programs.ts:76 box_close
      Step 3 of 5. Next is "closer": notify "letter arrived"; instead could go "reader": wait "letter
      arrived".
      "
    `);
  });

  test("several steps, to a step, and to a thread's next step", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    says(kdl, "run-to start");
    expect(kdl.step).toBe(0);
    says(kdl, "step 3");
    expect(kdl.step).toBe(3);
    says(kdl, "back 2");
    expect(kdl.step).toBe(1);
    says(kdl, "next closer");
    expect(kdl.timeline.stepEvent(kdl.step)?.threadName).toBe("closer");
    says(kdl, "run-to end");
    expect(kdl.step).toBe(kdl.timeline.last);
    expect(says(kdl, "step")).toContain(`there is no step after ${kdl.timeline.last}`);
    expect(says(kdl, "next closer")).toContain('"closer" takes no step after step');
  });

  test("is repeated by an empty line", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    says(kdl, "back");
    says(kdl, "");
    says(kdl, "");
    expect(kdl.step).toBe(kdl.timeline.last - 3);
    says(kdl, "message");
    expect(says(kdl, "")).toBe("");
  });
});

describe("breakpoints", () => {
  test("stop before an operation, forwards and backwards", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    says(kdl, "break operation notify; run-to start; continue");
    const { step } = kdl;
    expect(kdl.timeline.stepEvent(step + 1)?.text).toBe("notify");
    expect(says(kdl, "run-to end; reverse-continue")).toContain(
      'breakpoint 1 (operation notify): "closer" is about to notify all "letter arrived"',
    );
    expect(kdl.step).toBe(step);
    expect(says(kdl, "continue")).toContain("no breakpoint came");
    expect(kdl.step).toBe(kdl.timeline.last);
  });

  test("stop where a field is written, and on the first operation inside a function", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(says(kdl, "break object mailbox.closing; rc")).toMatch(
      /"(reader|closer)" has (read mailbox|set mailbox).closing/,
    );
    says(kdl, "delete; break function box_read; run-to start; c");
    expect(says(kdl, "bt reader")).toContain("box_read");
    expect(says(kdl, "back; bt reader")).not.toContain("box_read");
  });

  test("are listed and deleted", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    says(kdl, 'break operation lock; break object "letter arrived"; break hook close');
    expect(says(kdl, "breakpoints").split("\n").slice(0, -1)).toEqual([
      expect.stringMatching(/^1: operation lock, \d+ stops? \(after step /),
      expect.stringMatching(/^2: object condition variable "letter arrived" 0x[0-9a-f]{16}, 2 stops \(/),
      "3: hook close, 0 stops",
    ]);
    says(kdl, "delete 2");
    expect(says(kdl, "breakpoints")).not.toContain("letter arrived");
    expect(says(kdl, "delete 2")).toContain("there is no breakpoint 2");
    says(kdl, "delete");
    expect(says(kdl, "breakpoints")).toContain("there are no breakpoints");
  });
});

describe("a long execution", () => {
  const kdl = debuggerOnRun(manyRounds(2_400));
  const whole = record(kdl.subject, [], null, Number.POSITIVE_INFINITY).events;

  test("shows the stacks that a whole recording has, wherever one looks", () => {
    const { events, last } = kdl.timeline;
    expect(last).toBeGreaterThan(12_000);
    expect(events.length).toBe(whole.length);
    for (const place of [0, 3, 40, 41, 900, 901, 2_500, 1_200, events.length - 30, events.length - 1]) {
      expect(events[place]?.frames).toEqual(whole[place]?.frames);
    }
  });

  test("goes back a thousand steps as it goes back one", () => {
    const { last } = kdl.timeline;
    says(kdl, "run-to end; back 1000");
    expect(kdl.step).toBe(last - 1_000);
    const seen = view(kdl);
    says(kdl, "back; back; step 2");
    expect(view(kdl)).toBe(seen);
    expect(says(kdl, "break function count; run-to start; c")).toMatch(/breakpoint 1 \(function count\)/);
  });
});
