// Goal: each verb of a script does what it says, and an expectation that is not met is told by file and line. Method: small scripts on shipped
// drivers, run once and explored.
import { describe, expect, test } from "vitest";
import { explore } from "#explore/explorer";
import { watch } from "#explore/watch";
import { loadShippedDriver, SHIPPED_DRIVERS } from "#load/shipped-drivers";
import type { Driver } from "#driver";
import type { Outcome } from "#kernel/outcome";
import { userFrame } from "#report/story";
import { compile, measuredSimulationOf, simulationOf } from "#scenario/compile";
import type { ParameterValues, Scenario } from "#scenario/types";
import { buildScenario } from "#script/build-scenario";
import { readScript } from "#script/read-script";

const drivers = new Map<string, Driver>();
for (const name of SHIPPED_DRIVERS) drivers.set(name, await loadShippedDriver(name));

function scenarioOf(text: string): Scenario {
  const { script, problems } = readScript(
    `scenario: test\ndrivers: [tun, "null", zero, full, random]\n${text}`,
    "test.yaml",
  );
  if (script === null) throw new Error(problems.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return buildScenario(script, drivers);
}

function run(text: string, parameters: ParameterValues = {}): Outcome & { readonly printed: readonly string[] } {
  const scenario = scenarioOf(text);
  const simulation = measuredSimulationOf(scenario, parameters);
  const { execution, events } = watch(compile(scenario, { parameters }), { time: "measured", simulation });
  const printed = events.filter((event) => event.kind === "output").map((event) => event.text);
  return { ...execution.outcome, printed };
}

function explored(text: string): { outcomes: readonly string[]; executions: number; exhausted: boolean } {
  const scenario = scenarioOf(text);
  const { findings, executions, exhausted } = explore(compile(scenario), { simulation: simulationOf(scenario) });
  return { outcomes: findings.map(({ outcome }) => `${outcome.kind}: ${outcome.message}`), executions, exhausted };
}

describe("files", () => {
  test("are opened, written, read, copied, asked and closed", () => {
    const { kind, message } = run(`
run:
  - { open: /dev/zero, as: zero, expect: 0 }
  - { read: zero, size: 3, expect: { bytes: { hex: "00 00 00" } } }
  - { dup: zero, as: copy, expect: 1 }
  - { close: zero, expect: B_OK }
  - { read: zero, expect: B_FILE_ERROR }
  - { read: copy, size: 5, expect: { count: 5, bytes: { bytes: 5 } } }
  - { fcntl: copy, operation: F_SETFL, argument: [O_NONBLOCK], expect: B_OK }
  - { fcntl: copy, operation: F_GETFL, expect: 130 }
  - { stat: /dev/zero, expect: B_OK }
  - { stat: /dev/nothing, expect: B_ENTRY_NOT_FOUND }
  - { readdir: /dev/misc, expect: [B_ENTRY_NOT_FOUND, 0] }
  - { readdir: /dev, expect: { names: [full, "null", random, tap, tun, zero] } }
  - { open: /dev/full, as: full }
  - { write: full, data: { text: hello }, expect: B_DEVICE_FULL }
`);
    expect({ kind, message }).toEqual({ kind: "finished", message: "" });
  });

  test("are waited for by poll and select, which say who is ready by name", () => {
    const { kind, message } = run(`
run:
  - { open: /dev/tap/tap0, as: end }
  - { set_interface: end, expect: B_OK }
  - { open: /dev/tap/tap0, as: app }
  - { poll: [{ descriptor: app }], timeout: 10 ms, expect: { count: 0, ready: [] } }
  - { select: { read: [app], write: [app] }, timeout: 10 ms, expect: { ready: [app] } }
  - { write: end, data: { arp: { source: 10.0.0.1, destination: 10.0.0.2 } }, expect: 42 }
  - { poll: [{ descriptor: app, events: [in, out] }, { descriptor: end }], expect: { status: 1, ready: [app] } }
  - { select: { read: [app, end] }, expect: { count: 1, ready: [app] } }
  - { read: app, expect: { bytes: { arp: { source: 10.0.0.1, destination: 10.0.0.2 } } } }
`);
    expect({ kind, message }).toEqual({ kind: "finished", message: "" });
  });
});

describe("frames", () => {
  test.each([
    [
      "an Ethernet header",
      `{ ethernet: { to: "02:00:00:00:00:02", type: arp, payload: { hex: aabb } } }`,
      "02000000000202000000000108 06aabb",
    ],
    ["pieces in a row", `[{ hex: "01 02" }, { text: AB }, { bytes: { count: 2, fill: 255 } }]`, "01024142ffff"],
    [
      "an echo without Ethernet",
      `{ icmp: { source: 10.0.0.1, destination: 10.0.0.2, size: 2, ethernet: false } }`,
      "4500001e0001000040 0166dc0a0000010a000002 0800f7fd000100000001",
    ],
    [
      "a datagram",
      `{ udp: { source: 10.0.0.1, sourcePort: 1, destination: 10.0.0.2, destinationPort: 2, payload: { hex: "ff" }, ethernet: false } }`,
      "4500001d0001000040 1166cd0a0000010a000002 000100020009ecd5 ff",
    ],
  ])("of %s are made byte by byte", (_what, data, hex) => {
    const bytes = hex.replaceAll(" ", "");
    const { kind, message } = run(`
frames:
  SENT: ${data}
run:
  - { open: /dev/tap/tap0, as: end }
  - { set_interface: end }
  - { open: /dev/tap/tap0, as: app }
  - { write: end, data: [{ bytes: 14 }, SENT], expect: ${14 + bytes.length / 2} }
  - { read: app, expect: { bytes: [{ bytes: 14 }, { hex: "${bytes}" }] } }
`);
    expect({ kind, message }).toEqual({ kind: "finished", message: "" });
  });
});

describe("an expectation", () => {
  test.each([
    [`- { open: /dev/nothing, as: d }`, "test.yaml:4: open gave B_ENTRY_NOT_FOUND, not success"],
    [`- { open: /dev/null, expect: error }`, "test.yaml:4: open gave B_OK (0), not error"],
    [`- { stat: /dev/null, expect: [B_BUSY, 3] }`, "test.yaml:4: stat gave B_OK (0), not one of B_BUSY, 3"],
    [`- { readdir: /dev/nothing, expect: { names: [] } }`, "test.yaml:4: readdir gave B_ENTRY_NOT_FOUND, not []"],
    [`- { ifconfig: nonsense0 up, expect: 0 }`, "test.yaml:4: ifconfig gave 1, not B_OK (0)"],
    [`- { let: { n: 5 } }\n  - check: { n: 6 }`, `test.yaml:5: "n" is 5, not 6`],
  ])("that is not met is told by file and line: %s", (steps, message) => {
    expect(run(`run:\n  ${steps}\n`)).toMatchObject({ kind: "assertion", message });
  });

  test("of the end is told by the thread's name", () => {
    const text = `threads:\n  one:\n    - stat: /dev/null\nend: { one: B_BUSY }\n`;
    expect(run(text)).toMatchObject({
      kind: "assertion",
      message: 'test.yaml: the thread "one" gave B_OK (0), not B_BUSY',
    });
    expect(run(text.replace("B_BUSY", "B_OK")).kind).toBe("finished");
  });
});

describe("which steps are taken", () => {
  test("follows from repeat, if and parameters", () => {
    const text = `
parameters:
  n: { default: 2, about: how often }
  word: { default: one, about: what is printed }
run:
  - { let: { zero: 0, five: 5 } }
  - repeat: $n
    steps:
      - print: $word $$
  - if: { zero: B_OK, five: success }
    then:
      - print: both
  - if: { zero: error }
    then:
      - print: never
    else:
      - print: not
`;
    expect(run(text).printed).toEqual(["one $", "one $", "both", "not"]);
    expect(run(text, { n: 1, word: "two" }).printed).toEqual(["two $", "both", "not"]);
  });

  test("is tried in every way where a step chooses", () => {
    const text = `run:\n  - choose: which\n    between:\n      - []\n      - [{ stat: /dev/null, expect: B_BUSY }]\n      - []\n`;
    expect(run(text).kind).toBe("finished");
    expect(explored(text)).toEqual({
      outcomes: ["assertion: test.yaml:7: stat gave B_OK (0), not B_BUSY"],
      executions: 3,
      exhausted: true,
    });
  });

  test("ends, however often they are repeated", () => {
    const loop = (steps: string): string => `\n  - repeat: 100000\n    steps: [${steps}]`;
    const { kind, message } = run(`run:${loop("{ repeat: 100000, steps: [{ let: { a: 1 } }] }")}\n`);
    expect({ kind, message }).toEqual({
      kind: "assertion",
      message: "a thread of a script takes at most 1000000 steps",
    });
    expect(run(`run:${loop("{ spawn: t, steps: [] }")}\n`).message).toBe("a script has at most 1000 threads");
  });
});

describe("threads", () => {
  test("see what was given before they were started, and share what is given later", () => {
    const before = `run:\n  - { let: { n: 1 } }\n  - { spawn: t, steps: [{ check: { n: 1 } }] }\n`;
    expect(explored(before)).toMatchObject({ outcomes: [], exhausted: true });
    const later = `run:\n  - { let: { n: 1 } }\n  - { spawn: t, steps: [{ check: { n: 1 } }] }\n  - snooze: 1\n  - { let: { n: 2 } }\n`;
    expect(explored(later).outcomes).toEqual(['assertion: test.yaml:5: "n" is 2, not 1']);
  });

  test("meet by locks and semaphores, and every order is explored", () => {
    const text = (first: string): string => `
setup:
  - { semaphore: ready }
  - { mutex: m }
threads:
  one:
    - { lock: m }
    - { acquire: ready }
    - { unlock: m }
  two:
    ${first}
    - { lock: m }
    - { unlock: m }
    ${first === "" ? "- { release: ready }" : ""}
`;
    expect(explored(text("- { release: ready }"))).toMatchObject({ outcomes: [], exhausted: true });
    expect(explored(text("")).outcomes.join()).toMatch(/^deadlock/);
  });

  test("are waited for, forked, killed, and are of the kernel where they should be", () => {
    const { kind, message } = run(`
run:
  - { open: /dev/tap/tap0, as: d }
  - { spawn: reader, steps: [{ read: d }] }
  - { snooze: 1 ms }
  - { kill: reader }
  - { wait: reader, expect: error }
  - { close: d, expect: B_FILE_ERROR } # a team's last thread has closed what it had open
  - { open: /dev/tap/tap0, as: d }
  - { fork: child, steps: [{ fcntl: d, operation: F_GETFL, expect: 2 }, { spawn: grandchild, steps: [{ close: d, expect: B_OK }] }, { wait: grandchild, expect: B_OK }] }
  - { wait: child, expect: B_OK }
  - { close: d, expect: B_OK }
  - { spawn: worker, team: kernel, priority: 20, steps: [{ snooze: 20 us }] }
  - { wait: worker, expect: B_OK }
`);
    expect({ kind, message }).toEqual({ kind: "finished", message: "" });
  });

  test("stand in the trace with the line of the step", () => {
    const scenario = scenarioOf(`setup:\n  - { open: /dev/zero, as: d }\nthreads:\n  one:\n    - { close: d }\n`);
    const { events } = watch(compile(scenario), { time: "adversarial" });
    const entered = events.find((event) => event.kind === "enter" && event.text === "close(0)");
    expect(userFrame((entered?.frames ?? []).filter(({ file }) => !file.startsWith("src/")))).toEqual({
      name: "close",
      file: "test.yaml",
      line: 7,
    });
  });
});

describe("several hosts", () => {
  test("are joined by links, and each has its own teams", { timeout: 60_000 }, () => {
    const { kind, message } = run(`
hosts:
  client: { loopback: true }
  server: {}
links:
  - latency: 1 ms
    ends:
      - { host: client, interface: eth0, address: 192.168.1.2/24 }
      - { host: server, interface: eth0, address: 192.168.1.1/24 }
run:
  - { ping: -q -c 1 192.168.1.1, team: client/app, expect: 0 }
  - { ping: [-q, -c, 1, 192.168.1.2], team: server/app, expect: 0 }
  - { ifconfig: eth0 down, team: server/shell, expect: 0 }
  - { ping: -q -c 1 -W 10 192.168.1.1, team: client/app, expect: 2 }
`);
    expect({ kind, message }).toEqual({ kind: "finished", message: "" });
  });
});
