// Goal: a schedule's text says the schedule and nothing else can be read from it; what is broken is named.
// Method: random schedules there and back; every field broken in turn.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "#base/assert";
import { formatChoices, formatSchedule, parseSchedule, SCHEDULE_VERSION, type Schedule } from "#trace/schedule";

const choice = fc
  .integer({ min: 2, max: 12 })
  .chain((count) => fc.record({ count: fc.constant(count), value: fc.integer({ min: 0, max: count - 1 }) }));
// Runs of equal choices, as schedules have them.
const choices = fc
  .array(fc.tuple(choice, fc.integer({ min: 1, max: 30 })), { maxLength: 20 })
  .map((runs) => runs.flatMap(([each, times]) => Array.from({ length: times }, () => each)));

const schedule: fc.Arbitrary<Schedule> = fc.record({
  scenario: fc.string({ unit: "grapheme", minLength: 1 }),
  parameters: fc
    .dictionary(fc.string({ minLength: 1 }), fc.string({ unit: "grapheme" }), { maxKeys: 4 })
    .map((each) => ({ ...each })),
  cpus: fc.integer({ min: 1, max: 64 }),
  debug: fc.constantFrom("kdebug", "release"),
  time: fc.constantFrom("adversarial", "measured"),
  marks: fc.array(fc.integer({ min: 1, max: 999_999_999_999_999 }), { maxLength: 5 }),
  choices,
});

const SAMPLE: Schedule = {
  scenario: "tun-close",
  parameters: { packets: "2" },
  cpus: 1,
  debug: "kdebug",
  time: "adversarial",
  marks: [3, 65_537],
  choices: [
    { count: 3, value: 0 },
    { count: 3, value: 0 },
    { count: 2, value: 1 },
  ],
};

describe("there and back", () => {
  test("every schedule reads as what was written", () => {
    fc.assert(fc.property(schedule, (each) => void expect(parseSchedule(formatSchedule(each))).toEqual(each)));
  });

  test("no schedule needs quoting in a shell, or holds a space or a line's end", () => {
    fc.assert(fc.property(schedule, (each) => void expect(formatSchedule(each)).toMatch(/^[\w.:%=,~-]+$/)));
  });

  test("different schedules have different texts", () => {
    fc.assert(
      fc.property(schedule, schedule, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        expect(formatSchedule(one)).not.toBe(formatSchedule(other));
      }),
    );
  });

  test("a schedule reads as written down here", () => {
    const text = `ls${SCHEDULE_VERSION}:tun-close:1:kdebug:adversarial:packets=2:3,65537:3.0x2-2.1`;
    expect(formatSchedule(SAMPLE)).toBe(text);
    expect(parseSchedule(text)).toEqual(SAMPLE);
    expect(parseSchedule(`  ${text}\n`)).toEqual(SAMPLE);
  });

  test("equal choices in a row are one run", () => {
    const zero = { count: 4, value: 0 };
    expect(formatChoices([])).toBe("");
    expect(formatChoices([zero])).toBe("4.0");
    expect(formatChoices(Array.from({ length: 1_000 }, () => zero))).toBe("4.0x1000");
  });
});

describe("what does not fit is an InputError that says where and why", () => {
  const fields = formatSchedule(SAMPLE).split(":");
  const broken = (place: number, text: string): string =>
    fields.map((field, each) => (each === place ? text : field)).join(":");

  const cases: readonly (readonly [what: string, text: string, message: RegExp])[] = [
    ["nothing", "", /not a schedule: it should begin with "ls1:"/],
    ["something else", "tun-close", /should begin with "ls1:", this begins with "tun-close"/],
    ["a version without a number", broken(0, "ls"), /should begin with "ls1:"/],
    ["another version", broken(0, "ls2"), /a schedule of version 2; this Lockstep reads version 1\. Explore again/],
    ["a field too few", fields.slice(0, 7).join(":"), /8 fields joined with ":", this has 7: was it cut off\?/],
    ["a field too many", `${fields.join(":")}:1`, /8 fields joined with ":", this has 9/],
    ["a scenario with a broken escape", broken(1, "tun%"), /broken escape: "tun%"/],
    ["no scenario", broken(1, ""), /scenario/],
    ["CPUs in words", broken(2, "two"), /number of CPUs \(field 3\) .*whole number of at least 1, it is "two"/],
    ["no CPUs", broken(2, ""), /number of CPUs \(field 3\)/],
    ["0 CPUs", broken(2, "0"), /number of CPUs \(field 3\)/],
    ["a negative number of CPUs", broken(2, "-1"), /number of CPUs \(field 3\) .*"-1"/],
    ["another build", broken(3, "debug"), /the build \(field 4\) .*kdebug or release, it is "debug"/],
    ["another time", broken(4, "soon"), /the time model \(field 5\) .*adversarial or measured, it is "soon"/],
    [
      "a parameter without a value",
      broken(5, "packets"),
      /a parameter \(field 6\) should be NAME=VALUE, this is "packets"/,
    ],
    ["a parameter without a name", broken(5, "=2"), /a parameter \(field 6\) should be NAME=VALUE/],
    ["a parameter with a broken escape", broken(5, "a=%zz"), /broken escape: "%zz"/],
    ["a mark that is no number", broken(6, "3,x"), /a marked object \(field 7\) .*whole number, it is "x"/],
    ["an empty mark", broken(6, "3,"), /a marked object \(field 7\)/],
    ["a choice without a value", broken(7, "3"), /run 1 of the schedule's choices, "3", should be ENABLED\.CHOICE/],
    ["a choice in words", broken(7, "3.0-a.b"), /run 2 of the schedule's choices, "a\.b"/],
    ["a choice that is not there", broken(7, "3.3"), /run 1 of the schedule's choices, "3\.3"/],
    ["a run of nothing", broken(7, "3.0x0"), /run 1 of the schedule's choices, "3\.0x0"/],
    ["a run without its number", broken(7, "3.0x"), /run 1 of the schedule's choices/],
    ["a run without end", broken(7, "3.0x99999999999"), /run 1 of the schedule's choices/],
    ["an empty run", broken(7, "3.0--2.1"), /run 2 of the schedule's choices, ""/],
  ];

  test.each(cases)("%s", (_what, text, message) => {
    expect(() => parseSchedule(text)).toThrow(InputError);
    expect(() => parseSchedule(text)).toThrow(message);
  });

  test("whatever else is read either fits or is an InputError", () => {
    fc.assert(
      fc.property(fc.nat(fields.length - 1), fc.string({ unit: "grapheme" }), (place, text) => {
        try {
          parseSchedule(broken(place, text));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
