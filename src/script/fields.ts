// The fields of a script, from its name to its end: the same words as in a scenario in TypeScript, and what they may be.

import { DEFAULT_COSTS, type Costs } from "#kernel/costs";
import { OUTCOMES } from "#kernel/outcome";
import { data } from "#script/data";
import { expectation, type Expectation } from "#script/expectation";
import { MAIN_BODY, SETUP_BODY } from "#script/names";
import type { Act } from "#script/running";
import { list, mapOf, optional, record, required } from "#script/collections";
import { changed, either, number, text, whole, word, yesOrNo, type Shape } from "#script/shape";
import { byName, fixedDuration, name, teamName } from "#script/values";
import { threads } from "#script/thread-map";
import { steps } from "#script/verbs";
import type { Parameter } from "#scenario/types";

/** A driver as it is written: the name of one that ships, or a module, and an export of it. */
const driver: Shape<string> = changed(
  text(
    'a driver: the name of one that ships (tun, null, merged ...), or the path of a module ("./echo.ts", or "./echo.ts#echo" for one of several exports)',
    /^([a-z0-9-]{1,60}|\.{1,2}\/[^#\n]{1,200}(#[A-Za-z_$][\w$]{0,60})?)$/,
    300,
  ),
  (called, node, _what, reader) => {
    reader.drivers.push({ text: called, node });
    return called;
  },
);
const drivers = list(driver, "a list of drivers", 20);

const cpus = whole(1, 64);
const debug = word(["kdebug", "release"]);
const heap = word(["faithful", "guarded"]);
const era = word(["aug23", "head"]);
const maxSteps = whole(1, 1_000_000_000);
const outcome = word(OUTCOMES);

const costNames = Object.keys(DEFAULT_COSTS) as (keyof Costs)[];
const costs: Shape<Costs> = changed(
  record(
    Object.fromEntries(costNames.map((each) => [each, optional(number(0, 1e9), "Nanoseconds.")])),
    "costs by name, in nanoseconds",
  ),
  (some): Costs => ({ ...DEFAULT_COSTS, ...some }),
);

const HOST = {
  drivers: optional(drivers, "Its drivers. Default: those of the file."),
  cpus: optional(cpus, "Its CPUs. Default: those of the file, else 1."),
  debug: optional(debug, "Its kernel build."),
  heap: optional(heap, "What its freed memory does."),
  era: optional(era, "Whose texts and effects its kernel has."),
  forwards: optional(yesOrNo(), "Packets for others are sent on: it is a router. Default false."),
  loopback: optional(yesOrNo(), "The interface loop is brought up, with 127.0.0.1. Default false."),
};

/** What hosts are called. */
const HOST_NAMES = {
  pattern: /^[A-Za-z][A-Za-z0-9_-]{0,30}$/,
  wanted: "a letter, and at most 30 letters, digits, hyphens and underscores behind it",
  most: 20,
};

const hostName = changed(text("a host's name", HOST_NAMES.pattern, 31), (called, node, _what, reader) => {
  reader.hosts.push({ name: called, node });
  return called;
});

const END = {
  host: required(hostName, "The host."),
  interface: required(text("an interface's name", /^[a-z][a-z0-9]{0,14}$/, 15), "Its interface there, such as eth0."),
  address: optional(
    text('an address with its prefix ("192.168.1.1/24")', /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 18),
    "The interface is brought up with it before the set-up.",
  ),
};

const LINK = {
  name: optional(name, "Default: the hosts' names, joined by hyphens."),
  type: optional(word(["ethernet", "point-to-point"]), "Default: ethernet."),
  ends: required(list(record(END, "{ host, interface, address }"), "two ends or more", 20, 2), "What it joins."),
  latency: optional(fixedDuration, "How long a packet is on its way. Default 100 us."),
  bandwidth: optional(number(1, 1e15), "Bits a second. Default 1e9."),
  loss: optional(number(0, 1), "The part of packets that get lost. Default 0."),
  reorder: optional(number(0, 1), "The part of packets that are overtaken. Default 0."),
  mtu: optional(whole(68, 65_535), "Bytes of a packet, without a link header. Default 1500."),
  seed: optional(whole(0, 0xffff_ffff), "For loss and reordering. Default 1."),
};

const PARAMETER = {
  default: required(
    either<number | string | boolean>(
      "a whole number up to 1000000, a text, true or false",
      whole(0, 1_000_000),
      text("a text", undefined, 100),
      yesOrNo(),
    ),
    "Its value when nobody sets it.",
  ),
  about: required(text("one sentence", undefined, 200), "What it does."),
  least: optional(whole(0, 1_000_000), "Of a number: the least. Default 0."),
  most: optional(whole(0, 1_000_000), "Of a number: the most. Default 1000000."),
  oneOf: optional(list(text("a word", undefined, 100), "a list of words", 50, 1), "Of a text: what it may be."),
};

const parameter: Shape<Parameter> = changed(record(PARAMETER, "{ default, about }"), (given, node, what, reader) => {
  const { default: value, about, least, most, oneOf } = given;
  if (typeof value === "number") {
    const low = least ?? 0;
    const high = most ?? 1_000_000;
    if (value >= low && value <= high) return { default: value, about, least: low, most: high };
    reader.problem(node, `the default of ${what} should be from ${low} to ${high}; it is ${value}`);
    return undefined;
  }
  if (oneOf === undefined || (typeof value === "string" && oneOf.includes(value)))
    return { default: value, about, ...(oneOf === undefined ? {} : { oneOf }) };
  reader.problem(node, `the default of ${what} should be one of ${oneOf.join(", ")}; it is ${String(value)}`);
  return undefined;
});

const SIMULATION = {
  wakeups: optional(word(["fifo", "any"]), "Whom a notify, or a release, takes. Default: fifo."),
  spuriousWakeups: optional(whole(0, 1_000), "Waits that end though nobody notified them, at most. Default 0."),
  allocationFailures: optional(whole(0, 1_000), "Allocations that fail, at most. Default 0."),
  freeRounds: optional(whole(0, 1_000_000), "Rounds that a loop which spins goes before it is held up."),
  maxSteps: optional(maxSteps, "Steps of an execution at most."),
};

/** Steps of a body of their own: what they give and use is noted as the body's. */
function body(which: number): Shape<readonly Act[]> {
  return { ...steps, read: (node, what, reader) => reader.names.within(which, () => steps.read(node, what, reader)) };
}

/** In this order they are read; what is declared stands before its uses. */
export const FIELDS = {
  scenario: required(text("a name", /^[^\p{Cc}\p{Cf}\p{Cs}]+$/u, 100), "The scenario's name."),
  about: optional(text("one sentence", undefined, 500), "One sentence: what this shows."),
  drivers: optional(drivers, "The drivers of every host that names none of its own."),
  hosts: optional(
    mapOf(record(HOST, "{ drivers, cpus, ... }"), "hosts by name", HOST_NAMES),
    "Several hosts, in the order in which they are booted. Default: one.",
  ),
  links: optional(list(record(LINK, "{ ends, latency, ... }"), "a list of links", 50), "What joins the hosts."),
  parameters: optional(parameters(), "What --param sets; in steps it stands as $NAME."),
  expect: optional(
    record(
      {
        run: required(outcome, "The outcome of a plain run."),
        explore: required(outcome, "The gravest outcome of exploring."),
      },
      "{ run, explore }",
    ),
    "The outcomes that the scenario is meant to have. Default: finished.",
  ),
  bounds: optional(
    record(
      {
        strategy: optional(word(["random", "pct", "pos", "surw", "auto"]), "Default: random."),
        maxExecutions: required(whole(1, 1_000_000_000), "Executions at most."),
      },
      "{ strategy, maxExecutions }",
    ),
    "What explore does when its options say nothing of how, or how far: for what is too large to be exhausted.",
  ),
  cpus: optional(cpus, "CPUs of a host. Default 1."),
  debug: optional(debug, "The kernel build. Default: kdebug."),
  heap: optional(heap, "What freed memory does. Default: faithful."),
  era: optional(era, "Whose texts and effects the kernel has. Default: aug23."),
  costs: optional(costs, "What things cost in measured time."),
  simulation: optional(
    record(SIMULATION, "simulation options"),
    "How the explored universe behaves, where not as usual.",
  ),
  runSteps: optional(maxSteps, "Steps that a plain run takes at most."),
  allowLeaks: optional(yesOrNo(), "What is left at the end is no leak. Default false."),
  teams: optional(list(teamName, "a list of teams", 100), "Teams that are made before the first step of the set-up."),
  frames: optional(frames(), "Bytes by name, for steps to write, send and expect."),
  setup: optional(body(SETUP_BODY), "Not explored: runs until it is done and nobody can go on."),
  run: optional(body(MAIN_BODY), 'Explored: the steps of the thread "main".'),
  threads: optional(threads, 'In place of "run": threads that "main" starts, in this order.'),
  after: optional(body(MAIN_BODY), 'With "threads": what "main" does once all of them have ended.'),
  end: optional(atEnd(), "Once the execution has finished: threads, each with what its last step should have given."),
};

function parameters(): Shape<ReadonlyMap<string, Parameter>> {
  const names = {
    pattern: /^[A-Za-z][A-Za-z0-9]{0,30}$/,
    wanted: "a letter, and at most 30 letters and digits behind it",
    most: 50,
  };
  const all = mapOf(parameter, "parameters by name, each { default, about }", names);
  return changed(all, (map, node, _what, reader) => {
    for (const each of map.keys()) reader.names.give("parameter", each, node);
    return map;
  });
}

function frames(): Shape<ReadonlyMap<string, Uint8Array>> {
  const frame = named(data);
  return byName(frame, "bytes by name", 100);
}

// Each is known to those below it as soon as it is read.
function named(shape: Shape<Uint8Array>): Shape<Uint8Array> {
  return {
    ...shape,
    read(node, what, reader) {
      const bytes = shape.read(node, what, reader);
      if (bytes !== undefined) reader.frames.set(what.slice(1, -1), bytes);
      return bytes;
    },
  };
}

function atEnd(): Shape<ReadonlyMap<string, Expectation>> {
  return changed(
    byName(expectation, "threads, each with what it should have given", 100),
    (map, node, _what, reader) => {
      reader.names.within(MAIN_BODY, () => {
        for (const each of map.keys()) reader.names.use("thread", each, node);
      });
      return map;
    },
  );
}
