// Goal: the lists and dumps have Haiku's layouts (facts: haiku.md, section 13), blank for blank; what differs, and what Haiku does not have
// at all, is said in docs/kernel-debugger.md. Method: literal lines, in which only addresses are written as XXXXXXXX.
import { beforeAll, describe, expect, test } from "vitest";
import { openDebugger } from "#cli/kdl-open";
import { JUDGES } from "#judges/all";
import { bannerOf } from "#kdl/banner";
import type { Debugger } from "#kdl/debugger";
import { captured } from "../cli/capture.js";
import { debuggerOn, debuggerOnRun, everyLock, oppositeOrders, says, useAfterFree } from "./programs.js";

/** The hang of the first driver, under Haiku's scheduler. */
const HANG = "ls1:silent-close:1:kdebug:measured:::";

async function opened(schedule: string): Promise<Debugger> {
  const found: Debugger[] = [];
  await captured(async (terminal) => {
    found.push(await openDebugger(schedule, terminal, JUDGES));
    return 0;
  });
  return found[0] as Debugger;
}

/** The answer to a line, with addresses that say nothing but how wide they are. */
function shown(kdl: Debugger, line: string): string {
  return masked(says(kdl, line));
}

// Which functions of the kernel lie between is its own affair.
function withoutKernel(text: string): string {
  return masked(text).replaceAll(/^ .*<kernel_x86_64>.*\n/gm, "");
}

// Numbers that are functions of who made what, and lines of the simulator's own files, are no part of a layout.
function masked(text: string): string {
  return text
    .replaceAll(/ffffffff[0-9a-f]{8}(?![0-9a-f])/g, "ffffffffXXXXXXXX")
    .replaceAll(/ \+ 0x[0-9a-f]+$/gm, " + 0xLL")
    .replaceAll(/\b65\d{3} \(0x1[0-9a-f]{4}\)|\b65\d{3}\b/g, (id) => id.replaceAll(/[0-9a-f](?!x)/g, "N"))
    .replaceAll(/\bid(:? +)\d{3}(?=$|,)/gm, "id$1NNN")
    .replaceAll(/(?<=from 0 to |steps: +\d, the last is |, step )\d+/g, "NN");
}

describe("of a host", () => {
  let hang: Debugger;
  beforeAll(async () => void (hang = await opened(HANG)));

  test("threads", () =>
    expect(shown(hang, "threads")).toMatchInlineSnapshot(`
    "thread                 id state     wait for  object             cpu pri stack              team name
    0xffffffffXXXXXXXX    101 waiting   sem       NNNNN                -  15 0xffffffffXXXXXXXX    1 tap0 consumer
    0xffffffffXXXXXXXX    102 waiting   cvar:gInt 0xffffffffXXXXXXXX   -  90 0xffffffffXXXXXXXX    1 tap0 reader
    0xffffffffXXXXXXXX    201 waiting   other     0xffffffffXXXXXXXX   -  10 0xffffffffXXXXXXXX    2 ifconfig
    "
  `));
  test("waiting, ready, running", () =>
    expect(shown(hang, "waiting gIntWait; ready; running")).toMatchInlineSnapshot(`
      "thread                 id state     wait for  object             cpu pri stack              team name
      0xffffffffXXXXXXXX    102 waiting   cvar:gInt 0xffffffffXXXXXXXX   -  90 0xffffffffXXXXXXXX    1 tap0 reader
      thread                 id state     wait for  object             cpu pri stack              team name
      thread                 id state     wait for  object             cpu pri stack              team name
      "
    `));
  test("thread", () =>
    expect(shown(hang, "thread reader")).toMatchInlineSnapshot(`
    "THREAD: 0xffffffffXXXXXXXX
    id:                 102 (0x66)
    name:               "tap0 reader"
    priority:           90
    state:              waiting
    cpu:                -
    daemon:             yes
    sig_pending:        0x0
    interrupts:         on
    waiting for:        condition variable "gIntWait" 0xffffffffXXXXXXXX
    next:               -
    team:               0xffffffffXXXXXXXX, "kernel_team"
    kernel_stack_base:  0xffffffffXXXXXXXX
    kernel_stack_top:   0xffffffffXXXXXXXX
    steps:              3, the last is NN
    "
  `));
  test("bt, sc, where", () => {
    expect(shown(hang, "bt reader")).toMatchInlineSnapshot(`
      "stack trace for thread 102 "tap0 reader"
          kernel stack: 0xffffffffXXXXXXXX to 0xffffffffXXXXXXXX
      frame                       caller             <image>:function + offset
       0 ffffffffXXXXXXXX (+  56) ffffffffXXXXXXXX   <silent-close> tun_read + 0xLL
       1 ffffffffXXXXXXXX (+  48) ffffffffXXXXXXXX   <kernel_x86_64> Descriptor.#readOn + 0xLL
       2 ffffffffXXXXXXXX (+  88) ffffffffXXXXXXXX   <tun-interface> tun_receive_data + 0xLL
       3 ffffffffXXXXXXXX (+  32) ffffffffXXXXXXXX   <kernel_x86_64> deviceReaderThread + 0xLL
      "
    `);
    expect(says(hang, "sc reader")).toBe(says(hang, "bt reader"));
    expect(says(hang, "where reader")).toBe(says(hang, "bt reader"));
  });
  test("calling", () =>
    expect(shown(hang, "calling tun_read")).toMatchInlineSnapshot(`
    "thread                 id state     wait for  object             cpu pri stack              team name
    0xffffffffXXXXXXXX    102 waiting   cvar:gInt 0xffffffffXXXXXXXX   -  90 0xffffffffXXXXXXXX    1 tap0 reader
    "
  `));
  test("sems, sem", () =>
    expect(shown(hang, 'sems; sem "tap0 receive queue"')).toMatchInlineSnapshot(`
    "sem                       id count   team   last  name
    0xffffffffXXXXXXXX     NNNNN    -1      1      0  tap0 receive queue
    SEM: 0xffffffffXXXXXXXX
    id:      NNNNN (0xNNNNN)
    name:    'tap0 receive queue'
    owner:   1
    count:   -1
    queue:   101
    last acquired by: 0, count: 0
    last released by: 0
    "
  `));
  test("cvars, cvar", () =>
    expect(shown(hang, "cvars; cvar gIntWait")).toMatchInlineSnapshot(`
    "  variable            object              (type)                waiting threads
    -------------------------------------------------------------------------------
      0xffffffffXXXXXXXX  0x0000000000000000  gIntWait              102
    condition variable 0xffffffffXXXXXXXX
      object:  0x0000000000000000 (gIntWait)
      threads: 102
    "
  `));
  test("mutex", () =>
    expect(shown(hang, "mutex read_avail")).toMatchInlineSnapshot(`
    "mutex 0xffffffffXXXXXXXX:
      name:            read_avail
      flags:           0x0
      holder:          -1
      waiting threads: -
    "
  `));
  test("teams, team", () =>
    expect(shown(hang, "teams; team shell")).toMatchInlineSnapshot(`
    "team                   id  threads  name
    0xffffffffXXXXXXXX      1        2  kernel_team
    0xffffffffXXXXXXXX      2        1  shell
    TEAM: 0xffffffffXXXXXXXX
    id:                 2 (0x2)
    name:               'shell'
    host:               'haiku'
    num_threads:        1
    io_context:         0xffffffffXXXXXXXX
    thread                 id state     wait for  object             cpu pri stack              team name
    0xffffffffXXXXXXXX    201 waiting   other     0xffffffffXXXXXXXX   -  10 0xffffffffXXXXXXXX    2 ifconfig
    "
  `));
  test("io_context", () =>
    expect(shown(hang, "io_context shell")).toMatchInlineSnapshot(`
    "I/O CONTEXT: 0xffffffffXXXXXXXX
     team:     2 "shell"
     used fds: 0
     max fds:  256
      no.  descriptor          ref  open  flags  cookie              file
       -  0xffffffffXXXXXXXX    1     0    0x2  0xffffffffXXXXXXXX  /dev/misc/tun_interface
    "
  `));
  test("devfs_node", () =>
    expect(shown(hang, "devfs_node; devfs_node /dev/misc; devfs_node tap0")).toMatchInlineSnapshot(`
      "node                type       path
      0xffffffffXXXXXXXX  directory  /dev/
      0xffffffffXXXXXXXX  device     /dev/tap0
      0xffffffffXXXXXXXX  directory  /dev/misc
      0xffffffffXXXXXXXX  device     /dev/misc/tun_interface
      DEVFS NODE: 0xffffffffXXXXXXXX
       id:          NNN
       name:        "misc"
       type:        040755
       parent:      0xffffffffXXXXXXXX
       dir next:    0x0000000000000000
       contents:
         0xffffffffXXXXXXXX, id NNN, "tun_interface"
      DEVFS NODE: 0xffffffffXXXXXXXX
       id:          NNN
       name:        "tap0"
       type:        020644
       parent:      0xffffffffXXXXXXXX
       dir next:    0xffffffffXXXXXXXX
       device:
         driver:    "tun"
         hooks:     open close free ioctl read write select deselect
       descriptors: 0
      "
    `));
  test("devfs_cookie", () =>
    expect(shown(hang, "devfs_cookie; devfs_cookie tun_interface")).toMatchInlineSnapshot(`
    "cookie              descriptor          file
    0xffffffffXXXXXXXX  0xffffffffXXXXXXXX  /dev/misc/tun_interface
    DEVFS COOKIE: 0xffffffffXXXXXXXX
     device_cookie: 0xffffffffXXXXXXXX
     file:          /dev/misc/tun_interface
      name:       "int"
      flags:      0 (0x0)
      sendQueue:  an object that is not in the simulated memory
      recvQueue:  an object that is not in the simulated memory
      readWait:   condition variable 0xffffffffXXXXXXXX "gIntWait"
      writeWait:  condition variable 0xffffffffXXXXXXXX "gAppWait"
      readLock:   mutex 0xffffffffXXXXXXXX "read_avail"
      selectPool: select pool 0xffffffffXXXXXXXX "tun select pool"
      readable:   false
      writable:   false
    "
  `));
  test("net_device_interfaces, net_device_interface", () =>
    expect(shown(hang, "net_device_interfaces; net_device_interface tap0")).toMatchInlineSnapshot(`
      "device_interface    index  name
      0xffffffffXXXXXXXX      1  tap0
      DEVICE INTERFACE: 0xffffffffXXXXXXXX
      name:               tap0
      index:              1
      flags:              0x1202
      mtu:                1500
      up_count:           0
      ref_count:          1
      busy:               no
      reader_thread:      102 "tap0 reader"
      consumer_thread:    101 "tap0 consumer"
      receive_lock:       0xffffffffXXXXXXXX
      monitor_lock:       0xffffffffXXXXXXXX
      monitor_count:      0
      handlers:           -
      receive_queue:      0xffffffffXXXXXXXX, 0 packets, 0 bytes
        receivePackets:   0
        receiveErrors:    0
        receiveBytes:     0
        receiveDropped:   0
        sendPackets:      0
        sendErrors:       0
        sendBytes:        0
        sendDropped:      0
      "
    `));
  test("net_interfaces, net_interface", () =>
    expect(shown(hang, "net_interfaces; net_interface tap0")).toMatchInlineSnapshot(`
      "interface           index  flags     name
      0xffffffffXXXXXXXX      1  0x1203    tap0
      INTERFACE: 0xffffffffXXXXXXXX
      name:               tap0
      index:              1
      device_interface:   0xffffffffXXXXXXXX
      flags:              0x1203
      busy:               yes
      ref_count:          2
      mtu:                1500
      metric:             0
      addresses:          1
        address:          --, mask --, destination --
      "
    `));
  test("message", () =>
    expect(shown(hang, "message")).toMatchInlineSnapshot(`
    "DEADLOCK: "ifconfig" waits for thread "tap0 reader"; "tap0 reader" waits for condition variable "gIntWait"
    "
  `));
  test("error, by number and by name", () => {
    expect(says(hang, "error -1; error 0x80000000; error B_FILE_ERROR; error 5")).toMatchInlineSnapshot(`
      "error 0xffffffff (-1): B_ERROR, General system error
      error 0x80000000 (-2147483648): B_NO_MEMORY, Out of memory
      error 0x80006000 (-2147459072): B_FILE_ERROR, Bad file descriptor
      error 0x5 (5): 5, Unknown Error (5)
      "
    `);
  });
  test("grep, head, tail, wc", () => {
    expect(shown(hang, "threads | grep tap0 | head 1")).toMatchInlineSnapshot(`
      "0xffffffffXXXXXXXX    101 waiting   sem       NNNNN                -  15 0xffffffffXXXXXXXX    1 tap0 consumer
      "
    `);
    expect(shown(hang, "threads | grep -v tap0 | tail 1")).toMatchInlineSnapshot(`
      "0xffffffffXXXXXXXX    201 waiting   other     0xffffffffXXXXXXXX   -  10 0xffffffffXXXXXXXX    2 ifconfig
      "
    `);
    expect(shown(hang, "threads | wc")).toMatchInlineSnapshot(`
      "lines:      4
      words:      43
      characters: 428
      "
    `);
  });
  test("wrong words are complaints, in one sentence", () => {
    const wrong = 'nonsense; mutex "net interfaces"; sem 99; thread 99999999999999999999; dw 0xffffffffffffffffff; ';
    const more =
      "back 99999999999999999999; run-to 999999; step -1; thread a b; bt tap0; error; calling; threads | sort; mutex";
    expect(shown(hang, wrong + more)).toMatchInlineSnapshot(`
      "there is no command "nonsense". "help" lists them
      "net interfaces" is a recursive lock, not a mutex
      there is no semaphore "99". "objects" lists what there is
      there is no thread "99999999999999999999". "threads" lists what there is
      there is no block of the heap "0xffffffffffXXXXXXXX". "objects" lists what there is
      the number of steps should be a whole number 1 or more, not "99999999999999999999"
      the step should be a whole number from 0 to NN, not "999999"
      the number of steps should be a whole number 1 or more, not "-1"
      thread takes [thread], not "a b"; a name with blanks stands in quotes: thread "a b"; "help thread" says more
      "tap0" could be 2 threads; say which:
        101 "tap0 consumer"
        102 "tap0 reader"
      error takes a status: error 0x80000009
      calling takes the name of a function, or a part of it: calling read
      there is no filter "sort"; the filters are grep, head, tail, wc
      say which mutex, by its address or its name; there are 3:
        0xffffffffXXXXXXXX net device interfaces
        0xffffffffXXXXXXXX read_avail
        0xffffffffXXXXXXXX tap0 receive queue
      "
    `);
  });
});

describe("of a panic", () => {
  test("banner", () =>
    expect(withoutKernel(bannerOf(debuggerOn(useAfterFree, "panic")))).toMatchInlineSnapshot(`
    "PANIC: acquire_spinlock: attempt to acquire lock 0xffffffffXXXXXXXX twice on non-SMP system (last caller: 0xffffffffXXXXXXXX, value deadbeef)
    Welcome to Kernel Debugging Land...
    Thread 1 "reader" running on CPU 0
    stack trace for thread 1 "reader"
        kernel stack: 0xffffffffXXXXXXXX to 0xffffffffXXXXXXXX
    frame                       caller             <image>:function + offset
     7 ffffffffXXXXXXXX (+  88) ffffffffXXXXXXXX   <programs> box_read + 0xLL
    Step 7 of 7, in inline. "help" lists the commands, "explain" says why, "back" goes back in time."
  `));
  test("message, slab_object, dw, db, dl", () => {
    const kdl = debuggerOn(useAfterFree, "panic");
    const lines = "message; slab_object mailbox; dw mailbox; db mailbox 20; dl mailbox 2";
    expect(shown(kdl, lines)).toMatchInlineSnapshot(`
      "PANIC: acquire_spinlock: attempt to acquire lock 0xffffffffXXXXXXXX twice on non-SMP system (last caller: 0xffffffffXXXXXXXX, value deadbeef)
      object 0xffffffffXXXXXXXX, mailbox, 104 bytes
        allocated by:    0 "boot", step NN
        freed by:        2 "closer", step NN
        lock:    mutex 0xffffffffXXXXXXXX "mailbox lock", freed memory
        letters: 3735928559 (0xdeadbeef)
        closing: true (0xdeadbeef)
        arrived: condition variable 0xffffffffXXXXXXXX "letter arrived", freed memory
        owner:   0xdeadbeefdeadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  deadbeef deadbeef deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ........          deadbeef deadbeef
      [0xffffffffXXXXXXXX]  ................  ef be ad de ef be ad de ef be ad de ef be ad de
      [0xffffffffXXXXXXXX]  ....              ef be ad de
      [0xffffffffXXXXXXXX]  ................  deadbeefdeadbeef deadbeefdeadbeef
      "
    `);
  });
});

describe("of locks", () => {
  test("recursivelock, rwlock, sem", () => {
    const kdl = debuggerOnRun(everyLock);
    says(kdl, 'break operation "write lock"; run-to start; continue; step');
    expect(shown(kdl, "recursivelock; rwlock; sem")).toMatchInlineSnapshot(`
      "recursive_lock 0xffffffffXXXXXXXX:
        name:            config
        flags:           0x0
        holder:          1
        recursion:       2
        waiting threads: 3
      rw lock 0xffffffffXXXXXXXX:
        name:            table
        holder:          -1
        active readers:  1 1
        flags:           0x0
        waiting threads: 4/w
      SEM: 0xffffffffXXXXXXXX
      id:      2 (0x2)
      name:    'slots'
      owner:   1
      count:   -1
      queue:   2
      last acquired by: 1, count: 2
      last released by: 0
      "
    `);
  });
  test("mutex with a holder and a waiter, and a spinlock", () => {
    expect(shown(debuggerOn(oppositeOrders, "deadlock"), "mutex queue; spinlock")).toMatchInlineSnapshot(`
      "mutex 0xffffffffXXXXXXXX:
        name:            queue
        flags:           0x0
        holder:          1
        waiting threads: 2
      spinlock 0xffffffffXXXXXXXX:
        name:            register
        word:            0x0
        not locked
        waiting threads: -
      "
    `);
  });
});
