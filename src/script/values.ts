// Small values of a script: names, durations, paths, and numbers and texts in which parameters may stand as $NAME.

import { isScalar, type Node } from "yaml";
import { NAME, NAME_WANTED } from "#script/data";
import type { NameKind } from "#script/names";
import type { Reader } from "#script/reader";
import { list, mapOf } from "#script/collections";
import { changed, either, scalar, text, whole, type Shape } from "#script/shape";
import type { ParameterValues } from "#scenario/types";

/** A value that is known once the parameters are. */
export type Later<T> = (parameters: ParameterValues) => T;

/** Microseconds at most: an hour. */
const DURATION_MOST = 3_600_000_000;

const PARAMETER = /\$([A-Za-z][A-Za-z0-9]*)/g;
const UNITS: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000 };

export const name: Shape<string> = text(NAME_WANTED, NAME, 31);

/** "app", or "client/app". */
export const teamName: Shape<string> = text(
  'a team ("app", or "client/app" where there are several hosts)',
  /^([A-Za-z][A-Za-z0-9_-]{0,30}\/)?[A-Za-z_][A-Za-z0-9_ -]{0,30}$/,
  62,
);

/** The name of something that another step gives. */
export function used(kind: NameKind, what: string): Shape<string> {
  return changed({ ...name, wanted: what }, (value, node, _what, reader) => {
    reader.names.use(kind, value, node);
    return value;
  });
}

/** A name that is given here. */
export function given(kind: NameKind): Shape<string> {
  return changed(name, (value, node, _what, reader) => {
    reader.names.give(kind, value, node);
    return value;
  });
}

/** A number in a range, or the parameter that says it. */
export function amount(least: number, most: number): Shape<Later<number>> {
  const wanted = `a whole number from ${least} to ${most}, or a parameter ($NAME)`;
  const plain = changed(
    whole(least, most),
    (value): Later<number> =>
      () =>
        value,
  );
  const parameter = scalar<Later<number>>(
    wanted,
    { type: "string", pattern: "^\\$[A-Za-z][A-Za-z0-9]*$" },
    (value, node, reader) => {
      const called = typeof value === "string" ? /^\$([A-Za-z][A-Za-z0-9]*)$/.exec(value)?.[1] : undefined;
      if (called === undefined) return undefined;
      reader.names.use("parameter", called, node);
      return (parameters) => inRange(called, parameters[called], least, most);
    },
    (value) => typeof value === "string",
  );
  return either<Later<number>>(wanted, plain, parameter);
}

/** A text in which parameters stand as $NAME; `$$` is a dollar sign. */
export function phrase(wanted: string, most = 200): Shape<Later<string>> {
  return changed(text(wanted, undefined, most), (value, node, _what, reader) => laterText(value, node, reader));
}

function laterText(value: string, node: Node, reader: Reader): Later<string> {
  const plain = value.replaceAll("$$", "");
  for (const [, called = ""] of plain.matchAll(PARAMETER)) reader.names.use("parameter", called, node);
  if (!value.includes("$")) return () => value;
  return (parameters) =>
    value
      .split("$$")
      .map((part) => part.replaceAll(PARAMETER, (_, called: string) => String(parameters[called])))
      .join("$");
}

/** A program's words: a list, or one text that is divided at its blanks. */
export function words(program: string): Shape<Later<readonly string[]>> {
  const wanted = `the words behind "${program}", as one text or a list`;
  const one = changed(phrase(wanted, 400), (value): Later<readonly string[]> => {
    return (parameters) =>
      value(parameters)
        .split(/\s+/)
        .filter((each) => each !== "");
  });
  const each = either<Later<string>>(
    "a word",
    phrase("a word"),
    changed(
      whole(0, 1_000_000),
      (value): Later<string> =>
        () =>
          String(value),
    ),
  );
  const many = changed(list(each, wanted, 40), (parts): Later<readonly string[]> => {
    return (parameters) => parts.map((part) => part(parameters));
  });
  return either<Later<readonly string[]>>(wanted, one, many);
}

/** Microseconds, or a text with a unit. */
export const duration: Shape<Later<number>> = either<Later<number>>(
  'a time ("10 us", "20 ms", "1.5 s"; a number is microseconds), or a parameter ($NAME, microseconds)',
  scalar<Later<number>>(
    'a time ("10 us", "20 ms", "1.5 s"; a number is microseconds)',
    { type: "string", pattern: "^\\d{1,10}(\\.\\d{1,6})? ?(us|ms|s)$" },
    (value) => {
      const [, count = "", unit = ""] = typeof value === "string" ? (DURATION.exec(value) ?? []) : [];
      const us = Math.round(Number(count) * (UNITS[unit] ?? Number.NaN));
      return us <= DURATION_MOST && count !== "" ? () => us : undefined;
    },
    (value) => typeof value === "string" && !value.startsWith("$"),
  ),
  amount(0, DURATION_MOST),
);

const DURATION = /^(\d{1,10}(?:\.\d{1,6})?) ?(us|ms|s)$/;

/** A time that no parameter changes. */
export const fixedDuration: Shape<number> = changed(duration, (value, node, what, reader) => {
  if (!isScalar(node) || !String(node.value).startsWith("$")) return value({});
  reader.problem(node, `${what} should be a time ("20 ms"); parameters say nothing here`);
  return undefined;
});

/** Things by name, at most `most`. */
export function byName<T>(item: Shape<T>, wanted: string, most: number): Shape<ReadonlyMap<string, T>> {
  return mapOf(item, wanted, { pattern: NAME, wanted: NAME_WANTED, most });
}

function inRange(called: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw new Error(`the parameter "${called}" is ${String(value)}; where it stands it should be ${least} to ${most}`);
}
