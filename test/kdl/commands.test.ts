// Goal: the commands say what Haiku's say, in its layouts, about what is really there. Method: programs that end with each
// kind of object held and waited for; the answers are compared line by line.
import { describe, expect, test } from "vitest";
import { COMMANDS } from "#kdl/commands";
import { Debugger } from "#kdl/debugger";
import { debuggerOn, debuggerOnRun, everyLock, lostWakeup, oppositeOrders, says, useAfterFree } from "./programs.js";

describe("the lists of threads", () => {
  test("say state and what is waited for", () => {
    const kdl = debuggerOnRun(everyLock);
    says(kdl, 'break operation "write lock"; run-to start; continue; step');
    expect(says(kdl, "threads")).toMatchInlineSnapshot(`
      "    id state     wait for  object             cpu pri team name
           1 zzz       -                              -  10    1 holder
           2 waiting   sem       2                    -  10    1 taker
           3 waiting   mutex     0xffffffff810000c0   -  10    1 locker
           4 waiting   rwlock    0xffffffff81000100   -  10    1 writer
      "
    `);
    expect(says(kdl, "waiting slots | grep taker | wc")).toContain("lines:      1");
    expect(says(kdl, "ready")).not.toContain("taker");
  });

  test("show a thread that is about to take a lock which somebody has as waiting", () => {
    const kdl = debuggerOn(oppositeOrders, "deadlock");
    expect(says(kdl, "waiting")).toMatch(
      /waiting +mutex +0xffffffff[0-9a-f]{8} .* filler\n.*waiting +mutex .* drainer\n/,
    );
    expect(says(kdl, "running")).not.toMatch(/filler|drainer/);
  });
});

describe("locks", () => {
  test("are shown with holder and waiters", () => {
    const kdl = debuggerOnRun(everyLock);
    says(kdl, 'break operation "write lock"; run-to start; continue; step');
    expect(says(kdl, "sem slots; recursivelock config; rwlock table")).toMatchInlineSnapshot(`
      "SEM: 0xffffffff81000080
      id:      2 (0x2)
      name:    'slots'
      owner:   1
      count:   -1
      queue:   2
      last acquired by: 1, count: 2
      last released by: 0
      recursive_lock 0xffffffff810000c0:
        name:            config
        flags:           0x0
        holder:          1
        recursion:       2
        waiting threads: 3
      rw lock 0xffffffff81000100:
        name:            table
        holder:          -1
        active readers:  1 1
        flags:           0x0
        waiting threads: 4/w
      "
    `);
    expect(says(kdl, "sems")).toMatch(/ +1 +\d+ +-1 +1 +\d+ +slots|slots$/m);
  });

  test("are found by address, by name, and by a part of it", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    const shown = says(kdl, "mutex");
    const address = /mutex (0x[0-9a-f]+):/.exec(shown)?.[1] ?? "";
    for (const word of [address, address.slice(2), '"mailbox lock"', "mailbox"]) {
      expect(says(kdl, `mutex ${word}`)).toBe(shown);
    }
    expect(says(kdl, `cvar ${address}`)).toBe(`${address} is a mutex "mailbox lock", not a condition variable\n`);
    expect(says(kdl, "mutex queue")).toContain('there is no mutex "queue"');
    expect(says(kdl, "mutex 0xffffffff12345678")).toContain("there is no mutex at 0xffffffff12345678");
  });

  test("change hands as time goes by", () => {
    const kdl = debuggerOn(oppositeOrders, "deadlock");
    expect(says(kdl, "mutex queue")).toContain("holder:          1\n  waiting threads: 2");
    expect(says(kdl, "run-to start; run-to 1; mutex queue")).toContain("there is no mutex");
    expect(says(kdl, "spinlock")).toContain("say which spinlock");
    says(kdl, "run-to end");
    expect(says(kdl, "spinlock register")).toContain("  not locked");
  });

  test("of a condition variable show who waits", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(says(kdl, "cvar")).toMatch(
      /^condition variable 0xffffffff9[0-9a-f]{7}\n {2}object: {2}0xffffffff9[0-9a-f]{7} \(letter arrived\)\n {2}threads: 1\n$/,
    );
    expect(says(kdl, "back; cvar")).toContain("threads: -");
    expect(says(kdl, "cvars")).toContain("(type)");
  });
});

describe("memory", () => {
  test("that was freed reads deadbeef, word by word", () => {
    const kdl = debuggerOn(useAfterFree, "panic");
    expect(says(kdl, "message")).toContain("value deadbeef");
    const { letters, dump } = { letters: says(kdl, "slab_object mailbox"), dump: says(kdl, "dw mailbox") };
    expect(letters).toMatch(/freed by: +2 "closer", step \d+\n/);
    expect(letters).toContain("letters: 3735928559 (0xdeadbeef)");
    expect(letters).toContain("owner:   0xdeadbeefdeadbeef");
    expect(dump.match(/[0-9a-f]{8}(?= |$)/gm)?.every((word) => word === "deadbeef")).toBe(true);
    says(kdl, "run-to 1");
    expect(says(kdl, "slab_object mailbox")).toContain("letters: 7 (0x7)");
    const words = says(kdl, "dw mailbox").split(/\s+/);
    expect(words).toContain("00000007");
    // The mutex's holder: nobody, then the reader.
    expect(words).toContain("ffffffff");
    expect(says(kdl, "run-to 2; dw mailbox").split(/\s+/)).toContain("00000001");
  });

  test("is dumped from an address, as bytes, words or double words", () => {
    const kdl = debuggerOn(useAfterFree, "panic");
    const address = /object (0x[0-9a-f]+)/.exec(says(kdl, "slab_object mailbox"))?.[1] ?? "";
    expect(says(kdl, `db ${address} 4`)).toBe(`[${address}]  ....              ef be ad de\n`);
    expect(says(kdl, `dw ${address} 2`)).toBe(`[${address}]  ........          deadbeef deadbeef\n`);
    expect(says(kdl, `dl ${address} 1`)).toBe(`[${address}]  ........          deadbeefdeadbeef\n`);
    const lock = /mutex (0x[0-9a-f]+)/.exec(says(kdl, "slab_object mailbox"))?.[1] ?? "";
    expect(says(kdl, `dw ${lock} 1`)).toBe(`[${lock}]  ....              deadbeef\n`);
    expect(says(kdl, `dw ${address} 1000`)).toMatch(/the block of mailbox is \d+ bytes/);
    expect(says(kdl, "dw 0xffffffff12345678")).toContain("is not in the heap");
  });
});

describe("why", () => {
  test("follows the waits round a cycle", () => {
    const kdl = debuggerOn(oppositeOrders, "deadlock");
    const answer = says(kdl, "why filler");
    expect(answer).toMatch(/^"filler" waits for mutex "pool".* in move \(test\/kdl\/programs\.ts:\d+\)/s);
    expect(answer).toMatch(/mutex "pool" is held by "drainer", taken at step \d+/);
    expect(answer).toMatch(/"filler" waits for "drainer" waits for\s+"filler"/);
  });

  test("tells the notify that found nobody, and what the future brings", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(says(kdl, "why reader").replaceAll(/\s+/g, " ")).toMatch(
      /"reader" waits for condition variable "letter arrived" since step \d+ in box_read .*"closer" notified it at step \d+ .*, and found nobody\. Nobody is left who could\./,
    );
    expect(says(kdl, "run-to 1; why closer")).toMatch(/"closer" can go on, with start/);
    expect(says(kdl, "run-to end; why closer")).toContain('"closer" is dead');
  });
});

describe("who", () => {
  test("lists the uses of an object, a field, a block", () => {
    const kdl = debuggerOn(useAfterFree, "panic");
    const uses = says(kdl, "who mailbox");
    expect(uses).toMatch(/"closer" writes mailbox\.closing = true {2}in box_close \(test\/kdl\/programs\.ts:\d+\)/);
    expect(uses).toContain('"closer" frees mailbox');
    expect(uses).toContain("freed memory!");
    expect(says(kdl, "who mailbox.closing")).not.toContain("frees");
    expect(says(kdl, 'who "letter arrived"')).toContain("notify all");
    expect(says(kdl, 'run-to 1; who "letter arrived"')).toMatch(
      /nobody has used it yet\n {2}and \d more uses after step 1/,
    );
  });
});

describe("lines", () => {
  test("are no wider than the terminal, whatever is long in them", () => {
    const wide = debuggerOn(useAfterFree, "panic");
    const kdl = new Debugger(wide.subject, { width: 60 });
    says(kdl, 'break object "mailbox lock"; break operation "notify all"');
    const asked = ['who "mailbox lock"', "run-to start; c", "c", "run-to end; rc", "switch-at 3 closer", "why reader"];
    const lines = asked.flatMap((line) => says(kdl, line).split("\n"));
    expect(lines.filter((line) => line.length > 60 && !line.includes("PANIC"))).toEqual([]);
    expect(lines.join("\n")).toMatch(/\n {13}in box_read \(test\/kdl\/programs\.ts:\d+\)\n/);
    expect(lines.join("\n")).toMatch(/^breakpoint 1 \(object mutex "mailbox lock"\s0x[0-9a-f]+\): "/m);
  });

  test("tell a sleep that is about to end as what it is", () => {
    const kdl = debuggerOnRun(everyLock);
    says(kdl, "break operation snooze; run-to start; c; c; c; c; c; c");
    expect(says(kdl, "rc")).toMatch(/is about to (end its sleep|snooze\(\d+\))/);
    expect(says(kdl, "run-to end; rc; rc; rc")).not.toContain("about to sleep is over");
  });
});

describe("other commands", () => {
  test("thread, bt, calling, team", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    expect(says(kdl, "thread reader")).toMatch(/state: +waiting\n.*waiting for: +condition variable "letter arrived"/s);
    expect(says(kdl, "bt reader")).toMatch(/^stack trace for thread 1 "reader"\n.*<programs> box_read \+ 0x/s);
    expect(says(kdl, "sc 1")).toBe(says(kdl, "bt reader"));
    expect(says(kdl, 'sc "reader #1"')).toBe(says(kdl, "bt reader"));
    expect(says(kdl, 'sc "reader #2"')).toContain('there is no thread "reader #2"');
    expect(says(kdl, "calling box_read")).toContain("reader");
    expect(says(kdl, "calling nothing")).toBe('no thread is in "nothing"\n');
    expect(says(kdl, "teams; team kernel_team")).toMatch(/TEAM: 0x.*num_threads: +1\n.*reader/s);
    expect(says(kdl, "bt closer")).toContain("no frames: it is dead");
  });

  test("error knows numbers and names", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    const answer = "error 0x80000009 (-2147483639): B_TIMED_OUT, Operation timed out\n";
    for (const word of ["B_TIMED_OUT", "0x80000009", "-2147483639"]) expect(says(kdl, `error ${word}`)).toBe(answer);
    expect(says(kdl, "error B_NOTHING")).toContain('"B_NOTHING" is neither a number nor the name of a status');
  });

  test("help lists every command and explains each", () => {
    const kdl = debuggerOn(lostWakeup, "deadlock");
    const list = says(kdl, "help").replaceAll(/\s+/g, " ");
    for (const { names, about } of COMMANDS) {
      expect(list).toContain(`${names[0]} `);
      expect(list).toContain(about);
      for (const name of names) expect(says(kdl, `help ${name}`)).toContain(about);
    }
    expect(says(kdl, "help grep")).toContain("COMMAND | grep");
  });

  test("no two commands share a name", () => {
    const names = COMMANDS.flatMap((command) => command.names);
    expect(new Set(names).size).toBe(names.length);
  });
});
