// Goal: ifconfig says what Haiku's says, word for word, and leaves the exit codes that Haiku's leaves.
// Method: command lines one after the other on a host with fake devices; what was printed is compared as a whole.
import { describe, expect, test } from "vitest";
import { ifconfig } from "#apps/ifconfig";
import { explore } from "#explore/explorer";
import type { Steps } from "#kernel/operation";
import { IFF_UP } from "#net/device-module";
import { interfacesOf, interfaceState, sendFrame } from "#net/network";
import { FakeHost, frame, run, type Behaviour } from "../net/fake-device.js";

interface Session {
  readonly host: FakeHost;
  /** What each command line printed. */
  readonly printed: string[];
  readonly exitCodes: number[];
}

/** Runs command lines (without the program's name) one after the other; a function is called in between. */
function session(
  lines: readonly (string | ((host: FakeHost) => Steps<unknown>))[],
  behaviour: Behaviour = "correct",
): Session {
  const printed: string[] = [];
  const exitCodes: number[] = [];
  let host: FakeHost | undefined;
  const { outcome } = run((simulation) => {
    const made = new FakeHost(simulation, behaviour);
    host = made;
    made.kernel.spawn("shell", function* () {
      for (const line of lines) {
        if (typeof line !== "string") {
          yield* line(made);
          continue;
        }
        exitCodes.push(yield* ifconfig(made.team, line === "" ? [] : line.split(" ")));
        printed.push(made.printed.splice(0).join("\n"));
      }
    });
  });
  expect(outcome).toMatchObject({ kind: "finished", message: "" });
  return { host: host as FakeHost, printed, exitCodes };
}

const isUp = ({ host }: Session): boolean | undefined => interfaceState(host.kernel, "tap0")?.isUp;

describe("ifconfig NAME up and down", () => {
  test("makes the interface that is missing, and takes it up and down", () => {
    const up = session(["tap0 up"]);
    expect([up.printed, up.exitCodes, isUp(up)]).toEqual([[""], [0], true]);
    const down = session(["tap0 up", "tap0 down"]);
    expect([down.printed, down.exitCodes, isUp(down)]).toEqual([["", ""], [0, 0], false]);
  });

  test("twice is once", () => {
    expect(session(["tap0 up", "tap0 up", "tap0 down", "tap0 down"]).host.calls).toEqual(["up", "down"]);
  });

  test("says that there is no such device, and ends with 1", () => {
    const { printed, exitCodes } = session(["wlan0 up"]);
    expect(printed).toEqual(["ifconfig: Could not add interface: No such device"]);
    expect(exitCodes).toEqual([1]);
  });

  test("says what the device says when it refuses, and ends with 0", () => {
    const { printed, exitCodes } = session(["tap0 up"], "refuses to go up");
    expect(printed).toEqual(["ifconfig: Setting flags failed: I/O error"]);
    expect(exitCodes).toEqual([0]);
  });

  test("with an address and `down` leaves it up, for the address takes the place of what was to be removed", () => {
    expect(isUp(session(["tap0 up", "tap0 10.0.0.1 down"]))).toBe(true);
  });
});

describe("the listing", () => {
  test("shows a configured Ethernet interface with its traffic", () => {
    const { printed } = session([
      "tap/0 inet 10.0.0.1 255.255.255.0 up",
      function* (host) {
        yield* host.device.arrive(frame(0x0800, 1, 2, 3));
        yield* sendFrame(host.kernel, "tap/0", new Uint8Array(42));
        yield* host.kernel.snooze(100);
      },
      "tap/0",
    ]);
    expect(printed.at(-1)).toBe(
      [
        "tap/0\tHardware type: Ethernet, Address: 02:1a:00:00:00:01",
        "\tinet addr: 10.0.0.1, Bcast: 10.0.0.255, Mask: 255.255.255.0",
        "\tMTU: 1500, Metric: 0, up broadcast link",
        "\tReceive: 1 packets, 0 errors, 3 bytes, 0 mcasts, 0 dropped",
        "\tTransmit: 1 packets, 0 errors, 42 bytes, 0 mcasts, 0 dropped",
        "\tCollisions: 0",
        "",
      ].join("\n"),
    );
  });

  test("gives a long name a line of its own, and shows empty addresses as --", () => {
    const { printed } = session(["tap/long0 up", "tap/long0 down", "tap/long0"]);
    expect(printed.at(-1)?.split("\n").slice(0, 4)).toEqual([
      "tap/long0",
      "\tHardware type: Ethernet, Address: 02:1a:00:00:00:01",
      "\tinet addr: --, Bcast: --, Mask: --",
      "\tMTU: 1500, Metric: 0, broadcast link",
    ]);
  });

  test("of all interfaces shows one after the other, in the order in which they were made", () => {
    const { printed } = session(["tap1 up", "tap0 up", "", "-a"]);
    const names = printed
      .at(-1)
      ?.split("\n")
      .filter((line) => /^\w/.test(line))
      .map((line) => line.split("\t")[0]);
    expect(names).toEqual(["tap1", "tap0"]);
    expect(printed.at(-1)).toBe(printed.at(-2));
  });

  test("of a missing interface says so", () => {
    expect(session(["tap0"])).toMatchObject({ printed: ["tap0\tInterface not found!"], exitCodes: [0] });
  });

  test("calls a tunnel's hardware type unknown", () => {
    expect(session(["tun0 up", "tun0"]).printed.at(-1)).toContain("tun0\tHardware type: unknown, Address: ");
  });
});

describe("ifconfig delete", () => {
  test("removes an interface that is up, by each of its words", () => {
    for (const word of ["--delete", "--del", "-d", "del", "delete"]) {
      const { printed, exitCodes, host } = session(["tap0 up", `${word} tap0`, "tap0"]);
      expect(printed).toEqual(["", "", "tap0\tInterface not found!"]);
      expect(exitCodes).toEqual([0, 0, 0]);
      expect(host.calls).toEqual(["up", "down", "uninit"]);
    }
  });

  test("of a missing interface is an invalid argument, and ends with 0", () => {
    expect(session(["delete tap0"])).toMatchObject({
      printed: ["ifconfig: Could not delete interface tap0: Invalid Argument"],
      exitCodes: [0],
    });
  });

  test("after the name is configuration: the interface is made, the usage printed, the exit code 1", () => {
    const { printed, exitCodes, host } = session(["tap0 delete"]);
    expect(printed[0]).toMatch(/^usage: ifconfig \[<interface> /);
    expect(exitCodes).toEqual([1]);
    expect(host.devices.map(({ name }) => name)).toEqual(["tap0"]);
  });

  test("with addresses removes only those", () => {
    const { printed, exitCodes } = session([
      "tap0 10.0.0.1 up",
      "delete tap0 10.0.0.2",
      "delete tap0 inet 10.0.0.1",
      "delete tap0 ten",
      "tap0",
    ]);
    expect(printed.slice(1, 4)).toEqual([
      "ifconfig: Could not delete address 10.0.0.2 from interface tap0: Invalid Argument",
      "",
      'ifconfig: Could not parse address "ten".',
    ]);
    expect(exitCodes).toEqual([0, 0, 0, 1, 0]);
    expect(printed.at(-1)).not.toContain("inet addr");
  });
});

describe("options", () => {
  const addressLine = (line: string): string | undefined => session([line, "tap0"]).printed.at(-1)?.split("\n")[1];

  test("set the mask of the class, the one given, or the one of a prefix", () => {
    expect(addressLine("tap0 10.0.0.1 up")).toBe("\tinet addr: 10.0.0.1, Bcast: 10.255.255.255, Mask: 255.0.0.0");
    expect(addressLine("tap0 172.16.0.1 up")).toBe("\tinet addr: 172.16.0.1, Bcast: 172.16.255.255, Mask: 255.255.0.0");
    expect(addressLine("tap0 10.0.0.1 netmask 255.255.0.0")).toBe(
      "\tinet addr: 10.0.0.1, Bcast: 10.0.255.255, Mask: 255.255.0.0",
    );
    expect(addressLine("tap0 192.168.1.5 prefixlen 30 broadcast 192.168.1.9")).toBe(
      "\tinet addr: 192.168.1.5, Bcast: 192.168.1.9, Mask: 255.255.255.252",
    );
  });

  test("set mtu, metric and flags", () => {
    const { printed } = session(["tap0 up mtu 1400 metric 3 promisc allmulti", "tap0 -promisc", "tap0"]);
    expect(printed.at(-1)).toContain("\tMTU: 1400, Metric: 3, up broadcast allmulti link\n");
  });

  test("that cannot be are refused in Haiku's words", () => {
    const refusals: [line: string, text: string, exitCode: number][] = [
      ["tap0 up down", "Contradicting flags specified", 1],
      ["tap0 10.0.0.1 auto-config", "Contradicting changes specified", 1],
      ["tap0 mtu 500", "Option 'mtu' expected valid max transfer unit size", 1],
      ["tap0 mtu", "Option 'mtu' expected valid max transfer unit size", 1],
      ["tap0 metric", "Option 'metric' expected parameter", 1],
      ["tap0 netmask ten", "Option 'netmask' needs valid address parameter", 1],
      ["tap0 10.0.0.1 255.0.0.0 netmask 255.0.0.0", "Netmask or prefix length is specified twice", 1],
      ["tap0 prefixlen 33", "Option 'prefix-length 33' is invalid for this address family", 1],
      ["tap0 peer", "Option 'peer' needs valid address parameter", 1],
      ["tap0 inet6 fe80::1 up", "Setting address failed: Address family not supported by protocol family", 1],
      ["tap0 mtu 9001", "Setting MTU failed: Invalid Argument", 0],
      ["tap0 auto-config", "The net_server needs to run for the auto configuration!", 0],
    ];
    for (const [line, text, exitCode] of refusals) {
      expect(session([line])).toMatchObject({ printed: [`ifconfig: ${text}`], exitCodes: [exitCode] });
    }
  });

  test("--help prints the usage and ends with 0; a delete without a name ends with 1", () => {
    const { printed, exitCodes } = session(["--help", "delete"]);
    expect(printed[0]).toBe(printed[1]);
    expect(exitCodes).toEqual([0, 1]);
  });
});

describe("while `ifconfig tap0 down` waits for a reader that nobody wakes", () => {
  test("the name is busy: not listed, not configured, not deleted", () => {
    const answers: string[] = [];
    const { outcome } = run((simulation) => {
      const host = new FakeHost(simulation, "never wakes its reader");
      const { kernel, team } = host;
      kernel.spawn("ifconfig", function* () {
        yield* ifconfig(team, ["tap0", "up"]);
        yield* kernel.snooze(100); // the reader goes to wait
        yield* ifconfig(team, ["tap0", "down"]);
      });
      kernel.spawn("shell", function* () {
        yield* kernel.snooze(1000);
        for (const line of ["tap0", "tap0 up", "delete tap0"]) {
          yield* ifconfig(team, line.split(" "));
          answers.push(...host.printed.splice(0));
        }
      });
    });
    expect(answers).toEqual([
      "tap0\tInterface not found!",
      "ifconfig: Could not add interface: Name in use",
      "ifconfig: Could not delete interface tap0: Invalid Argument",
    ]);
    expect(outcome).toMatchObject({
      kind: "deadlock",
      message: '"ifconfig" waits for thread "tap0 reader"; "tap0 reader" waits for condition variable "arrived"',
    });
  });

  test("every schedule ends in that deadlock, the listing of another shell notwithstanding", () => {
    const result = explore((simulation) => {
      const host = new FakeHost(simulation, "never wakes its reader");
      host.setUp(() => ifconfig(host.team, ["tap0", "up"]));
      host.kernel.spawn("ifconfig", () => ifconfig(host.team, ["tap0", "down"]));
      host.kernel.spawn("shell", () => ifconfig(host.team, ["tap0"]));
    });
    expect(result).toMatchObject({ outcome: "deadlock", exhausted: true });
    expect(result.findings.length).toBe(1);
    expect(result.findings[0]?.executions).toBe(result.executions);
  });

  test("with a device that wakes its reader, every schedule takes the interface down", () => {
    const result = explore((simulation) => {
      const host = new FakeHost(simulation);
      host.setUp(() => ifconfig(host.team, ["tap0", "up"]));
      host.kernel.spawn("ifconfig", () => ifconfig(host.team, ["tap0", "down"]));
      return () => {
        const flags = interfacesOf(host.kernel).find("tap0")?.flags.value ?? IFF_UP;
        expect(flags & IFF_UP).toBe(0);
      };
    });
    expect(result).toMatchObject({ outcome: "finished", exhausted: true });
  });
});
