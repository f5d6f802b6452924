// Goal: `lockstep kdl` opens where a schedule ends, and takes its commands from an option, a pipe or a terminal. Method:
// the story's own bugs, found and opened as a user would.
import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Result } from "#cli/result";
import { lockstep, type Captured } from "../cli/capture.js";

async function found(name: string): Promise<string> {
  const { out } = await lockstep(["explore", name, "--stop-at-first", "--json"]);
  return (JSON.parse(out) as Result).findings[0]?.schedule ?? "";
}

function kdl(token: string, ...commands: string[]): Promise<Captured> {
  return lockstep(["kdl", token, ...commands.flatMap((command) => ["--command", command])]);
}

describe("lockstep kdl", () => {
  test("shows the blog's panic: the freed mutex, both sides, and the reader's stack", async () => {
    const token = await found("snooze-in-close");
    const { code, out } = await kdl(token, "message; bt", "devfs_cookie; slab_object cookie", "mutex read_avail");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^PANIC: acquire_spinlock: attempt to acquire lock 0x[0-9a-f]+ twice on non-SMP system .*value deadbeef\)/,
    );
    expect(out).toMatch(/Mutex\.perform.*<snooze-in-close> tun_read.*<kernel_x86_64> deviceReaderThread/s);
    expect(out).toMatch(/freed by: +201 "ifconfig", step \d+/);
    expect(out).toContain("holder:          -559038737");
    expect(out).not.toMatch(/src\/kdl|<kernel_x86_64> Timeline/);
  });

  test("finds a switch that would have avoided it", async () => {
    const token = await found("snooze-in-close");
    const { out } = await kdl(token, "break operation snooze; rc; rc");
    const step = Number(/Step (\d+) of/.exec(out)?.[1]);
    const turned = await kdl(token, `switch-at ${step + 1} "tap0 reader"; schedule`);
    expect(turned.out).toContain("The end, finished.");
    const replayed = await lockstep(["replay", turned.out.trim().split("\n").at(-1) ?? ""]);
    expect(replayed.out).toContain("finished");
  });

  test("knows devices, descriptors and interfaces", async () => {
    const token = "ls1:silent-close:1:kdebug:measured:::";
    const { out } = await kdl(
      token,
      "devfs_node; devfs_node misc/tun_interface; io_context; net_device_interface tap0",
      "net_interface tap0",
    );
    expect(out).toMatch(/device +\/dev\/misc\/tun_interface/);
    expect(out).toMatch(/^ hooks|hooks: +open close free/m);
    expect(out).toMatch(/ref +open +flags/);
    expect(out).toMatch(/reader_thread: +\d+ "tap0 reader"/);
    expect(out).toMatch(/INTERFACE: 0x.*name: +tap0/s);
  });

  test("reads commands from a pipe, and prints nothing but the answers", async () => {
    const token = "ls1:silent-close:1:kdebug:measured:::";
    const input = Readable.from(["teams | wc\n# a remark\n\nback; message\nexit\nthreads\n"]);
    const { code, out, error } = await lockstep(["kdl", token], { input });
    expect(out).toMatch(/^lines: +3\nwords: +\d+\ncharacters: \d+\n/);
    expect(out).toMatch(/DEADLOCK: "ifconfig" waits for thread "tap0 reader"[^]*$/);
    expect(out).not.toContain("kdebug>");
    expect(out).not.toContain("state ");
    expect({ code, error }).toEqual({ code: 0, error: "" });
  });

  test("says with its exit code that a command was not understood", async () => {
    const { code, out, error } = await kdl("ls1:silent-close:1:kdebug:measured:::", "nonsense; message");
    expect(code).toBe(2);
    expect(error).toContain('there is no command "nonsense"');
    expect(out).toContain("DEADLOCK");
  });

  test("refuses what is no schedule, and one that does not fit", async () => {
    expect((await kdl("hello", "message")).error).toContain("not a schedule");
    const { code, error } = await kdl("ls1:silent-close:1:kdebug:adversarial:::7.0", "message");
    expect(code).toBe(2);
    expect(error).toContain("does not fit the scenario");
  });

  test("talks at a terminal: banner, prompt, answers, history", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    let shown = "";
    output.on("data", (text) => (shown += String(text)));
    const done = lockstep(["kdl", "ls1:silent-close:1:kdebug:measured:::"], { dialogue: { input, output } });
    for (const keys of ["teams\r", "\u001b[A\r", "exit\r"]) input.write(keys);
    const { code, out } = await done;
    expect(code).toBe(0);
    expect(out).toMatch(/^DEADLOCK: .*\nWelcome to Kernel Debugging Land\.\.\.\nStep \d+ of \d+/);
    expect(out.match(/kernel_team/g)).toHaveLength(2);
    expect(shown).toContain("kdebug> ");
  });
});

describe("after a finding, at a terminal", () => {
  test("the debugger is offered, and opened if it is wanted", async () => {
    for (const [keys, opens] of [
      ["k\r", true],
      ["\r", false],
    ] as const) {
      const input = new PassThrough();
      const output = new PassThrough();
      let shown = "";
      output.on("data", (text) => (shown += String(text)));
      const done = lockstep(["replay", "ls1:silent-close:1:kdebug:measured:::"], { dialogue: { input, output } });
      const answer = setInterval(() => {
        if (!shown.includes("Kernel debugger?")) return;
        input.write(keys);
        clearInterval(answer);
        if (opens) setTimeout(() => input.write("exit\r"), 300);
      }, 10);
      const { out } = await done;
      expect(out.includes("Welcome to Kernel Debugging Land")).toBe(opens);
    }
  });

  test("nobody is asked where nobody sits", async () => {
    const { out } = await lockstep(["replay", "ls1:silent-close:1:kdebug:measured:::"]);
    expect(out).not.toContain("Kernel debugger?");
  });
});
