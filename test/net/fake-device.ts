// A small network device for tests: a queue under a lock, a reader that is always woken, nothing left behind.
// Its variants get one thing wrong each.

import {
  B_BAD_VALUE,
  B_BUSY,
  B_DEVICE_NOT_FOUND,
  B_FILE_ERROR,
  B_IO_ERROR,
  B_OK,
  ENOBUFS,
  type Status,
} from "#base/status";
import { execute, type Execution, type Program } from "#explore/execution";
import { firstChooser } from "#kernel/chooser";
import { Kernel } from "#kernel/kernel";
import type { KernelOptions } from "#kernel/kernel-options";
import type { Steps } from "#kernel/operation";
import { settle } from "#kernel/settle";
import type { Simulation } from "#kernel/simulation";
import { IFF_BROADCAST, IFF_LINK, IFT_ETHER, type NetworkDevice, type NetworkDeviceModule } from "#net/device-module";
import { NetBuffer } from "#net/net-buffer";
import { installNetwork, registerNetworkModule, type NetworkOptions } from "#net/network";
import { ConditionVariable } from "#sync/condition-variable";
import { Mutex } from "#sync/mutex";
import { Shared } from "#sync/shared";
import { installFiles } from "#vfs/files";
import { UserTeam } from "#vfs/user-team";

/** What a fake device does when its reader asks. */
export type Behaviour =
  "correct" | "never wakes its reader" | "always fails" | "is gone" | "refuses to go up" | "is full";

export class FakeDevice implements NetworkDevice {
  readonly name: string;
  readonly type: number;
  readonly flags = IFF_BROADCAST | IFF_LINK;
  readonly media = 0;
  mtu = 1500;
  readonly address = Uint8Array.of(2, 0x1a, 0, 0, 0, 1);
  readonly headerLength = 14;
  readonly kernel: Kernel;
  readonly behaviour: Behaviour;
  readonly calls: string[];
  readonly lock: Mutex;
  readonly arrived: ConditionVariable;
  readonly isOpen: Shared<boolean>;
  readonly received: Shared<readonly NetBuffer[]>;
  readonly sent: Shared<readonly string[]>;

  constructor(kernel: Kernel, name: string, type: number, behaviour: Behaviour, calls: string[]) {
    this.kernel = kernel;
    this.name = name;
    this.type = type;
    this.behaviour = behaviour;
    this.calls = calls;
    this.lock = new Mutex(kernel, "device");
    this.arrived = new ConditionVariable(kernel, "arrived");
    this.isOpen = new Shared(kernel, false, "device open");
    this.received = new Shared<readonly NetBuffer[]>(kernel, [], "device received");
    this.sent = new Shared<readonly string[]>(kernel, [], "device sent");
  }

  *uninit(): Steps<Status> {
    this.calls.push("uninit");
    for (const buffer of this.received.value) buffer.free();
    return B_BUSY; // which the stack ignores
  }

  *up(): Steps<Status> {
    this.calls.push("up");
    if (this.behaviour === "refuses to go up") return B_IO_ERROR;
    using _ = yield* this.lock.guard();
    this.isOpen.value = true;
    return B_OK;
  }

  *down(): Steps<void> {
    this.calls.push("down");
    if (this.behaviour === "never wakes its reader") return;
    using _ = yield* this.lock.guard();
    this.isOpen.value = false;
    yield* this.arrived.notifyAll(B_FILE_ERROR);
  }

  *sendData(buffer: NetBuffer): Steps<Status> {
    using _ = yield* this.lock.guard();
    if (this.behaviour === "is full") return ENOBUFS;
    this.sent.value = [...this.sent.value, hex(buffer.bytes)];
    buffer.free();
    return B_OK;
  }

  *receiveData(): Steps<NetBuffer | Status> {
    if (this.behaviour === "is gone") return B_DEVICE_NOT_FOUND;
    if (this.behaviour === "always fails") return B_IO_ERROR;
    using _ = yield* this.lock.guard();
    while (this.isOpen.value && this.received.value.length === 0) yield* this.arrived.wait(this.lock);
    const [first, ...rest] = this.received.value;
    if (!this.isOpen.value || first === undefined) return B_FILE_ERROR;
    this.received.value = rest;
    return first;
  }

  *setMtu(mtu: number): Steps<Status> {
    if (mtu > 9000) return B_BAD_VALUE;
    this.mtu = mtu;
    return B_OK;
  }

  /** A packet comes in from outside. */
  *arrive(bytes: readonly number[]): Steps<void> {
    using _ = yield* this.lock.guard();
    this.received.value = [...this.received.value, new NetBuffer(this.kernel, Uint8Array.from(bytes))];
    yield* this.arrived.notifyOne();
  }
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An Ethernet frame of the type, with the payload. */
export function frame(type: number, ...payload: number[]): number[] {
  return [...Array.from({ length: 12 }, () => 0), type >> 8, type & 0xff, ...payload];
}

/** A team whose output is kept. */
class PrintingTeam extends UserTeam {
  readonly #printed: string[];

  constructor(kernel: Kernel, printed: string[]) {
    super(kernel, "shell");
    this.#printed = printed;
  }

  override print(text: string): void {
    this.#printed.push(text);
  }
}

/** A host with fake devices for every name that begins with "tap" (Ethernet) or "tun". */
export class FakeHost {
  readonly kernel: Kernel;
  /** In the order in which they were made. */
  readonly devices: FakeDevice[] = [];
  readonly printed: string[] = [];
  /** The hooks called, over all devices. */
  readonly calls: string[] = [];
  readonly team: UserTeam;

  constructor(simulation: Simulation, behaviour: Behaviour = "correct", options: KernelOptions & NetworkOptions = {}) {
    this.kernel = new Kernel(simulation, options);
    installNetwork(this.kernel, options);
    registerNetworkModule(this.kernel, this.#module(behaviour));
    installFiles(this.kernel);
    this.team = new PrintingTeam(this.kernel, this.printed);
  }

  get device(): FakeDevice {
    const last = this.devices.at(-1);
    if (last === undefined) throw new Error("no device has been made");
    return last;
  }

  /** Runs `body` in a thread of the host, unexplored, until it is done and nobody can run. */
  setUp(body: () => Steps<unknown>): void {
    settle(this.kernel.simulation, this.kernel.spawn("setup", body));
  }

  #module(behaviour: Behaviour): NetworkDeviceModule {
    const make = (name: string): NetworkDevice | Status => {
      if (!/^(tap|tun)/.test(name)) return B_BAD_VALUE;
      const type = name.startsWith("tap") ? IFT_ETHER : 0x83;
      const device = new FakeDevice(this.kernel, name, type, behaviour, this.calls);
      this.devices.push(device);
      return device;
    };
    return {
      name: "network/devices/fake/v1",
      *initDevice(name): Steps<NetworkDevice | Status> {
        return make(name);
      },
    };
  }
}

/** Runs a program once, in measured time. */
export function run(program: Program): Execution {
  return execute(program, firstChooser, { time: "measured" });
}
