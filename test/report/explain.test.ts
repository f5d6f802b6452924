// Goal: a failure is explained in words that name who, what, where and why.
// Method: small programs that fail in one way each are explored; the failure is replayed under a recorder and
// explained. Golden texts for the stories that matter most, single sentences for the rest.
import { describe, expect, test } from "vitest";
import { explain } from "#report/explain";
import { deadLoop, type Seen } from "./programs.js";
import * as programs from "./programs.js";

function told({ events, outcome }: Seen): string {
  const { title, sentences, hints } = explain(events, outcome);
  const text = [title, ...sentences, ...hints.map((hint) => `hint: ${hint}`)].join("\n");
  return text.replace(/0x[0-9a-f]{16}/g, "0x...");
}

describe("threads of one name", () => {
  test("are told apart by their ids, as in the columns", () => {
    const { events, outcome } = programs.failureOf(programs.twoOfOneName, "deadlock");
    const { title, sentences, hints } = explain(events, outcome);
    expect(title).toBe('deadlock: "writer #1" and "writer #2" wait for each other');
    expect(sentences.join(" ")).toMatch(
      /^"writer #1" waits for mutex "pool" .*, which "writer #2" holds, taken at step/,
    );
    expect([...sentences, ...hints].join(" ")).not.toContain('"writer"');
  });
});

describe("a deadlock", () => {
  test("of two locks taken in opposite orders is told as a cycle", () => {
    expect(told(programs.failureOf(programs.oppositeOrders, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: "filler" and "drainer" wait for each other
      "filler" waits for mutex "pool" in move (test/report/programs.ts:48), which "drainer" holds, taken at step 4 in move (test/report/programs.ts:47).
      "drainer" waits for mutex "queue" in move (test/report/programs.ts:48), which "filler" holds, taken at step 2 in move (test/report/programs.ts:47).
      The cycle: "filler" -> mutex "pool" -> "drainer" -> mutex "queue" -> "filler".
      hint: Take the locks in one order everywhere: here "filler" takes "queue", then "pool"; "drainer" takes "pool", then "queue"."
    `);
  });

  test("by a notify that came before the wait is named a lost wakeup", () => {
    expect(told(programs.failureOf(programs.lostNotify, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: lost wakeup on condition variable "readable", for which "reader" waits
      "ifconfig" waits for thread "reader" to end at test/report/programs.ts:76.
      "reader" (a daemon) waits for condition variable "readable" in tun_read (test/report/programs.ts:65).
      Lost wakeup: "ifconfig" notified all waiters of condition variable "readable" at step 4 in tun_close (test/report/programs.ts:71), and found nobody waiting; a condition variable does not remember a notify.
      "reader" began to wait only after that, at step 5 in tun_read (test/report/programs.ts:65), and nothing has woken it since.
      "reader" had tested "queued" in tun_read (test/report/programs.ts:64), which "ifconfig" did not change: nothing could have told it of that notify.
      hint: The notify does not hold mutex "read lock", which the wait gives back: a thread that has made its test and not yet begun to wait never hears it. Set what the test reads (a flag such as "closing") and notify, both under mutex "read lock"."
    `);
  });

  test("of one who came when another had taken what was announced is no lost wakeup, and says who took it", () => {
    expect(told(programs.failureOf(programs.takenByAnother, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: nobody wakes "two" from condition variable "readable"
      "two" waits for condition variable "readable" in tun_read (test/report/programs.ts:360).
      The last notify of condition variable "readable", by "writer" at step 3 in tun_write (test/report/programs.ts:354), found nobody.
      What it announced was gone when "two" looked: queued = 0, set by "one" at step 5 in tun_read (test/report/programs.ts:361).
      "two" began to wait at step 8 in tun_read (test/report/programs.ts:360), and nobody notifies condition variable "readable" any more."
    `);
  });

  test("of an entry that was added too late says with which lock the change was made, and what an entry is for", () => {
    expect(told(programs.failureOf(programs.addedTooLate, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: lost wakeup on condition variable "readable", for which "reader" waits
      "reader" waits for condition variable "readable" in tun_read (test/report/programs.ts:385).
      Lost wakeup: "handler" notified one waiter of condition variable "readable" at step 7 in ring (test/report/programs.ts:376), and found nobody waiting; a condition variable does not remember a notify.
      "reader" began to wait only after that, at step 9 in tun_read (test/report/programs.ts:385), and nothing has woken it since.
      What had changed: queued = 1, set by "handler" at step 6 in ring (test/report/programs.ts:375), with spinlock "registers"; "reader" had read it at step 4 in tun_read (test/report/programs.ts:380).
      hint: From the moment at which an entry is added a notify is remembered: add it before the test, or in one stretch with it under the lock with which what it reads is changed."
    `);
  });

  test("by a release of all waiters before the acquire is named a lost wakeup", () => {
    expect(told(programs.failureOf(programs.lostRelease, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: lost wakeup on semaphore "packets", for which "reader" waits
      "reader" waits for semaphore "packets" in dequeue (test/report/programs.ts:119).
      Lost wakeup: "ifconfig" released all waiters of semaphore "packets" at step 3 in down (test/report/programs.ts:122), and found nobody waiting; a release of all waiters stores nothing.
      "reader" began to wait only after that, at step 4 in dequeue (test/report/programs.ts:119), and nothing has woken it since.
      hint: Set a flag under a lock before the release, and test it under that lock before each acquire; or release a count, which a semaphore keeps."
    `);
  });

  test("with a waiter that nobody ever notifies says so", () => {
    expect(told(programs.failureOf(programs.silentClose, "deadlock"))).toMatchInlineSnapshot(`
      "deadlock: nobody wakes "reader" from condition variable "readable"
      "ifconfig" waits for thread "reader" to end at test/report/programs.ts:110.
      "reader" (a daemon) waits for condition variable "readable" in tun_read (test/report/programs.ts:105).
      Nobody ever notifies condition variable "readable". "reader" began to wait at step 3 in tun_read (test/report/programs.ts:105).
      hint: Whoever changes what "reader" waits for, or closes what it waits on, must notify condition variable "readable"."
    `);
  });

  test("by a notify whose reason the waiter cannot see is no lost wakeup, and says what is missing", () => {
    const text = told(programs.failureOf(programs.unseenNotify, "deadlock"));
    expect(text).toContain('woke "reader"');
    expect(text).toContain("let the test see what the notify announces");
    expect(text).not.toContain("lost wakeup");
  });

  test("by a notify that went to another thread names that thread", () => {
    const text = told(programs.failureOf(programs.stolenNotify, "deadlock"));
    expect(text).toMatch(/was notified for others: "c\d" \(at step \d+ in consume/);
    expect(text).toContain("use a condition variable for each condition");
  });

  test("by a lock that was never given back names who kept it", () => {
    const text = told(programs.failureOf(programs.heldAtExit, "deadlock"));
    expect(text).toContain('deadlock: "first" ended with mutex "lock" held, for which "second" waits');
    expect(text).toMatch(
      /which "first" took at step \d+ in read \(test\/report\/programs\.ts:\d+\) and never gave back/,
    );
  });

  test("by a semaphore that was taken twice and never released names the last to take it", () => {
    const text = told(programs.failureOf(programs.takenSemaphore, "deadlock"));
    expect(text).toContain('Nobody ever releases semaphore "send". "writer" was the last to acquire it');
  });
});

describe("a panic", () => {
  test("on a lock in freed memory is told as a use after free, both sides of it", () => {
    expect(told(programs.failureOf(programs.freedCookie(0), "panic"))).toMatchInlineSnapshot(`
      "panic: use after free of mutex "read lock", in a freed Cookie
      "tap0 reader" panicked at step 6 in tun_read (test/report/programs.ts:163): "acquire_spinlock: attempt to acquire lock 0x... twice on non-SMP system (last caller: 0x..., value deadbeef)".
      "tap0 reader" was about to take the spinlock inside mutex "read lock" and found deadbeef in its word: that is no second owner, it is the fill of freed memory. The mutex lies in a Cookie that is gone.
      "ifconfig" had freed that Cookie at step 5 in tun_close (test/report/programs.ts:169).
      It was allocated by the boot at test/report/programs.ts:159.
      "tap0 reader" had waited on condition variable "gIntWait" since step 3, was woken by "ifconfig" at step 5, and was taking its lock again, as every wait does at its end.
      hint: close is called while others may still be inside read, write or ioctl: there only wake them and refuse new waits. free is called when nobody is inside any more, and is the only place to free the Cookie."
    `);
  });

  test("that a snooze only makes rarer says by how much a thread must be late", () => {
    const text = told(programs.failureOf(programs.freedCookie(10), "panic"));
    expect(text).toMatch(
      /It happens only if "tap0 reader" is delayed by more than 10 us, the length of the snooze\(10\) of "ifconfig" in tun_close \(test\/report\/programs\.ts:\d+\)/,
    );
    expect(text).toContain('The snooze(10) of "ifconfig" is no cure: it only makes the failure rarer.');
  });

  test("without a sleep in it needs no delay", () => {
    expect(told(programs.failureOf(programs.freedCookie(0), "panic"))).not.toContain("delayed");
  });

  test.each([
    [
      "a destroyed lock",
      programs.destroyedBefore,
      'mutex "select lock" is used after it was destroyed',
      /"main" had destroyed/,
    ],
    [
      "fresh memory",
      programs.freshLock,
      'mutex "read lock" was never initialised',
      /Cookie that "opener" allocated at step 1 in tun_open/,
    ],
    ["a second free", programs.doubleFree, "double free of a Cookie", /had freed that Cookie at step \d+ in tun_close/],
    [
      "a spinlock held",
      programs.spinTwice,
      'spinlock "ring lock" is taken a second time',
      /genuine second acquisition/,
    ],
    ["a mutex held", programs.lockTwice, '"driver" locks mutex "lock" twice', /It took it at step 2 in write/],
    [
      "somebody else's lock",
      programs.destroyedLock,
      '"ioctl" destroys mutex "select lock", which it does not hold',
      /"poller" holds it, taken at step 2 in tun_select/,
    ],
  ])("on %s says what the text means", (_name, program, title, sentence) => {
    const text = told(programs.failureOf(program, "panic"));
    expect(text.split("\n")[0]).toBe(`panic: ${title}`);
    expect(text).toMatch(sentence);
  });
});

describe("a plainer end", () => {
  test("an assertion of a judge comes with the last writes of shared data", () => {
    expect(told(programs.failureOf(programs.lostUpdate, "assertion"))).toMatchInlineSnapshot(`
      "assertion: count is 1, should be 2
      At the end, a judge at test/report/programs.ts:302 says: count is 1, should be 2.
      The last writes before it: count = 1 by "a" at step 5 in increment (test/report/programs.ts:297); count = 1 by "b" at step 6 in increment (test/report/programs.ts:297)."
    `);
  });

  test("an assertion after a use of freed memory tells of that use", () => {
    const text = told(programs.failureOf(programs.silentUse, "assertion"));
    expect(text).toMatch(
      /Use after free that went on without a panic: read of Cookie\.flags in a freed Cookie by "reader"/,
    );
    expect(text).toMatch(/"closer" had freed it at step \d+ in tun_close/);
  });

  test("a leak says what, by whom and where", () => {
    expect(told(programs.failureOf(programs.leaky, "leak"))).toMatchInlineSnapshot(`
      "leak: 1 Cookie
      1 Cookie was never freed: allocated by "opener" at step 3 in tun_open (test/report/programs.ts:312)."
    `);
  });

  test("a livelock shows what is repeated, once", () => {
    const text = told(programs.failureOf(programs.poller, "livelock"));
    expect(text).toMatch(/"poller" goes round \d+ times: lock "lock" in poll .*; then snooze\(1000\)/);
  });

  test("an execution without an end shows what is repeated, and that it is a limit", () => {
    const text = told(programs.failureOf(deadLoop, "out-of-steps", { simulation: { maxSteps: 100 } }));
    expect(text).toContain("a limit that was reached, not a verdict");
    expect(text).toMatch(/Again and again, \d+ times: "looper": yield in spin/);
  });
});

test("the same failure is explained in the same words", () => {
  const first = programs.failureOf(programs.lostNotify, "deadlock");
  const second = programs.failureOf(programs.lostNotify, "deadlock");
  expect(second.events).toEqual(first.events);
  expect(told(second)).toBe(told(first));
});
