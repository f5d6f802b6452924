// The verbs for files: each is the syscall of its name.

import { B_OK } from "#base/status";
import type { Steps } from "#kernel/operation";
import { data } from "#script/data";
import type { Given } from "#script/expectation";
import { list, optional, record, required } from "#script/collections";
import { changed, either, text, whole, word, type Shape } from "#script/shape";
import { verb, type Call, type Verb } from "#script/step";
import { amount, duration, phrase, used, type Later } from "#script/values";
import * as calls from "#vfs/file-calls";
import type { PollDescriptor } from "#vfs/file-calls";

/** As drivers/tun has it: switches a descriptor to the interface's side. */
const TUNSETIFF = calls.B_DEVICE_OP_CODES_END + 0x92;

const READ_MOST = 65_535;

const OPEN_FLAGS = {
  O_RDONLY: calls.O_RDONLY,
  O_WRONLY: calls.O_WRONLY,
  O_RDWR: calls.O_RDWR,
  O_NONBLOCK: calls.O_NONBLOCK,
  O_CLOEXEC: calls.O_CLOEXEC,
} as const;

const FCNTL = {
  F_DUPFD: calls.F_DUPFD,
  F_GETFD: calls.F_GETFD,
  F_SETFD: calls.F_SETFD,
  F_GETFL: calls.F_GETFL,
  F_SETFL: calls.F_SETFL,
} as const;

const OPERATIONS = {
  TUNSETIFF,
  TUNHANGUP: calls.B_DEVICE_OP_CODES_END + 0x93,
  TUNGETCOUNTERS: calls.B_DEVICE_OP_CODES_END + 0x94,
  B_GET_DEVICE_SIZE: calls.B_GET_DEVICE_SIZE,
  B_SET_DEVICE_SIZE: calls.B_SET_DEVICE_SIZE,
  B_SET_NONBLOCKING_IO: calls.B_SET_NONBLOCKING_IO,
  B_SET_BLOCKING_IO: calls.B_SET_BLOCKING_IO,
  B_GET_DRIVER_FOR_DEVICE: calls.B_GET_DRIVER_FOR_DEVICE,
  B_GET_PATH_FOR_DEVICE: calls.B_GET_PATH_FOR_DEVICE,
} as const;

const EVENTS = { in: calls.POLLIN, out: calls.POLLOUT, error: calls.POLLERR, hangup: calls.POLLHUP } as const;

/** A set of bits by the names of these: one, or a list. */
function flags(bits: Readonly<Record<string, number>>, wanted: string): Shape<number> {
  const one = word(Object.keys(bits));
  const single = changed(one, (each) => bits[each] ?? 0);
  const several = changed(list(one, wanted, 8), (all) => all.reduce((sum, each) => sum | (bits[each] ?? 0), 0));
  return either<number>(wanted, single, several);
}

/** A number, or the name of one. */
function code(names: Readonly<Record<string, number>>, wanted: string): Shape<number> {
  return either<number>(
    wanted,
    whole(0, 0x7fff_ffff),
    changed(word(Object.keys(names)), (each) => names[each] ?? 0),
  );
}

const descriptor = used("number", "the name of a descriptor");
const descriptors = list(descriptor, "a list of descriptors", 100);

const open = verb("open", {
  about: "Opens a file; a name on demand comes into being.",
  fields: {
    open: required(phrase("a path, such as /dev/null"), "The path."),
    flags: optional(flags(OPEN_FLAGS, "O_ flags, one or a list"), "Default: O_RDWR."),
  },
  isCall: true,
  givesDescriptor: true,
  *perform(step, { team, running }) {
    return yield* team.open(step.open(running.parameters), step.flags ?? calls.O_RDWR);
  },
});

const close = verb("close", {
  about: "Closes a descriptor.",
  fields: { close: required(descriptor, "The descriptor.") },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* team.close(running.number(step.close));
  },
});

const read = verb("read", {
  about: "Reads from a descriptor.",
  fields: {
    read: required(descriptor, "The descriptor."),
    size: optional(amount(0, READ_MOST), "Bytes at most. Default 2048."),
  },
  isCall: true,
  *perform(step, { team, running }): Steps<Given> {
    const buffer = new Uint8Array(step.size?.(running.parameters) ?? 2_048);
    const value = yield* team.read(running.number(step.read), buffer);
    return { value, bytes: buffer.subarray(0, Math.max(0, value)) };
  },
});

const write = verb("write", {
  about: "Writes to a descriptor.",
  fields: { write: required(descriptor, "The descriptor."), data: required(data, "What is written.") },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* team.write(running.number(step.write), step.data.slice());
  },
});

const argument = either<unknown>(
  "a text, a number, or bytes",
  text("a text", undefined, 200),
  whole(-0x8000_0000, 0x7fff_ffff),
  data,
);

const ioctl = verb("ioctl", {
  about: "Asks a device for one of its own operations.",
  fields: {
    ioctl: required(descriptor, "The descriptor."),
    operation: required(code(OPERATIONS, `a number, or one of ${Object.keys(OPERATIONS).join(", ")}`), "Which one."),
    argument: optional(argument, "What the device is given. Default: nothing."),
  },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* team.ioctl(running.number(step.ioctl), step.operation, step.argument);
  },
});

const setInterface = verb("set_interface", {
  about: "TUNSETIFF: switches a descriptor of tun from the app's side to the interface's.",
  fields: {
    set_interface: required(descriptor, "The descriptor."),
    name: optional(phrase("an interface's name"), "The interface's name, where the driver looks at it."),
  },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* team.ioctl(running.number(step.set_interface), TUNSETIFF, step.name?.(running.parameters));
  },
});

const fcntl = verb("fcntl", {
  about: "Asks for, or sets, what belongs to a descriptor.",
  fields: {
    fcntl: required(descriptor, "The descriptor."),
    operation: required(code(FCNTL, `one of ${Object.keys(FCNTL).join(", ")}`), "Which operation."),
    argument: optional(
      either<number>("O_ flags, or a number", whole(0, 0x7fff_ffff), flags(OPEN_FLAGS, "O_ flags")),
      "Flags for F_SETFL. Default 0.",
    ),
  },
  isCall: true,
  *perform(step, { team, running }) {
    return yield* team.fcntl(running.number(step.fcntl), step.operation, step.argument ?? 0);
  },
});

const dup = verb("dup", {
  about: "A second number for the same open file.",
  fields: { dup: required(descriptor, "The descriptor.") },
  isCall: true,
  givesDescriptor: true,
  *perform(step, { team, running }) {
    return yield* team.dup(running.number(step.dup));
  },
});

const poll = verb("poll", {
  about: "Waits until one of some descriptors is ready; gives how many are.",
  fields: {
    poll: required(
      list(
        record(
          {
            descriptor: required(descriptor, "The descriptor."),
            events: optional(flags(EVENTS, "in, out, error or hangup, one or a list"), "Default: in."),
          },
          "{ descriptor, events }",
        ),
        "a list of { descriptor, events }",
        100,
      ),
      "What is asked of which descriptor.",
    ),
    timeout: optional(duration, "How long at most. Default: for ever."),
  },
  isCall: true,
  *perform(step, { team, running }): Steps<Given> {
    const asked = step.poll.map((each): PollDescriptor & { name: string } => ({
      name: each.descriptor,
      fd: running.number(each.descriptor),
      events: each.events ?? calls.POLLIN,
      revents: 0,
    }));
    const value = yield* team.poll(asked, step.timeout?.(running.parameters));
    return { value, ready: asked.filter((each) => each.revents !== 0).map((each) => each.name) };
  },
});

const select = verb("select", {
  about: "Waits until one of some descriptors is ready, by sets; gives how many are.",
  fields: {
    select: required(
      record(
        {
          read: optional(descriptors, "Ready for reading."),
          write: optional(descriptors, "Ready for writing."),
          error: optional(descriptors, "In error."),
        },
        "{ read, write, error }",
      ),
      "The sets.",
    ),
    timeout: optional(duration, "How long at most. Default: for ever."),
  },
  isCall: true,
  perform: (step, call) => performSelect(step, call),
});

function* performSelect(
  step: {
    readonly select: Readonly<Record<"read" | "write" | "error", readonly string[] | undefined>>;
    readonly timeout: Later<number> | undefined;
  },
  { team, running }: Call,
): Steps<Given> {
  const setOf = (names: readonly string[] = []): Set<number> => new Set(names.map((each) => running.number(each)));
  const sets = { read: setOf(step.select.read), write: setOf(step.select.write), error: setOf(step.select.error) };
  const value = yield* team.select(sets, step.timeout?.(running.parameters));
  const ready = (["read", "write", "error"] as const).flatMap((which) =>
    (step.select[which] ?? []).filter((each) => sets[which].has(running.number(each))),
  );
  return { value, ready: [...new Set(ready)] };
}

const stat = verb("stat", {
  about: "Looks whether a path exists, without opening it: B_OK or an error.",
  fields: { stat: required(phrase("a path"), "The path.") },
  isCall: true,
  *perform(step, { team, running }) {
    const found = yield* team.stat(step.stat(running.parameters));
    return typeof found === "number" ? found : B_OK;
  },
});

const readdir = verb("readdir", {
  about: "The names in a directory; gives how many there are.",
  fields: { readdir: required(phrase("a path"), "The directory's path.") },
  isCall: true,
  *perform(step, { team, running }): Steps<Given> {
    const found = yield* team.readDirectory(step.readdir(running.parameters));
    return typeof found === "number" ? { value: found } : { value: found.length, names: found };
  },
});

export const FILE_VERBS: readonly Verb[] = [
  open,
  close,
  read,
  write,
  ioctl,
  setInterface,
  fcntl,
  dup,
  poll,
  select,
  stat,
  readdir,
];
