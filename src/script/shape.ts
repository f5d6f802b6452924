// What may stand at a place of a script: each shape reads it, says in words what it wants, and gives its JSON Schema, so that the
// three cannot differ.

import { isScalar, type Node } from "yaml";
import { suggestion } from "#base/nearest";
import { describeNode, type Reader } from "#script/reader";

/** A JSON Schema, as plain data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** @typeParam T what is read */
export interface Shape<T> {
  /** Continues "should be ...". */
  readonly wanted: string;
  /** Whether a node is of this shape's kind at all, whatever is wrong inside it. */
  accepts(node: Node): boolean;
  /**
   * Reads a node; undefined once a problem was noted.
   * @param what what stands there, for messages: `"cpus"`
   */
  read(node: Node, what: string, reader: Reader): T | undefined;
  schema(): JsonSchema;
}

/** Notes that something else was wanted here. */
export function refuse(node: Node, what: string, wanted: string, reader: Reader): undefined {
  reader.problem(node, `${what} should be ${wanted}; it is ${describeNode(node)}`);
  return undefined;
}

/** A value that stands alone: `convert` gives undefined for one that does not fit. */
export function scalar<T>(
  wanted: string,
  schema: JsonSchema,
  convert: (value: unknown, node: Node, reader: Reader) => T | undefined,
  accepts: (value: unknown) => boolean = () => true,
): Shape<T> {
  return {
    wanted,
    accepts: (node) => isScalar(node) && accepts(node.value),
    read(node, what, reader) {
      const value = isScalar(node) ? convert(node.value, node, reader) : undefined;
      return value ?? refuse(node, what, wanted, reader);
    },
    schema: () => schema,
  };
}

/** A text, as long as `most` characters. */
export function text(wanted: string, pattern = /^[^\0]*$/s, most = 1_000): Shape<string> {
  const fits = (value: unknown): value is string =>
    typeof value === "string" && value !== "" && value.length <= most && pattern.test(value);
  const schema = { type: "string", minLength: 1, maxLength: most, pattern: pattern.source };
  return scalar(wanted, schema, (value) => (fits(value) ? value : undefined), isText);
}

/** One of some words. */
export function word<T extends string>(words: readonly T[], wanted = `one of ${words.join(", ")}`): Shape<T> {
  return {
    wanted,
    accepts: (node) => isScalar(node) && isText(node.value),
    read(node, what, reader) {
      const value = isScalar(node) ? node.value : undefined;
      const found = words.find((each) => each === value);
      if (found !== undefined) return found;
      const near = typeof value === "string" ? suggestion(value.slice(0, 100), words) : "";
      reader.problem(node, `${what} should be ${wanted}; it is ${describeNode(node)}${near}`);
      return undefined;
    },
    schema: () => ({ enum: words }),
  };
}

export function whole(least: number, most: number): Shape<number> {
  const wanted = `a whole number from ${least} to ${most}`;
  const fits = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  const schema = { type: "integer", minimum: least, maximum: most };
  return scalar(wanted, schema, (value) => (fits(value) ? value : undefined), isNumber);
}

/** Any number from `least` to `most`. */
export function number(least: number, most: number): Shape<number> {
  const fits = (value: unknown): value is number => typeof value === "number" && value >= least && value <= most;
  const schema = { type: "number", minimum: least, maximum: most };
  return scalar(`a number from ${least} to ${most}`, schema, (value) => (fits(value) ? value : undefined), isNumber);
}

export function yesOrNo(): Shape<boolean> {
  const convert = (value: unknown): boolean | undefined => (typeof value === "boolean" ? value : undefined);
  return scalar("true or false", { type: "boolean" }, convert, (value) => typeof value === "boolean");
}

/** The first of some shapes that accepts the node's kind. */
export function either<T>(wanted: string, ...shapes: readonly Shape<T>[]): Shape<T> {
  return {
    wanted,
    accepts: (node) => shapes.some((each) => each.accepts(node)),
    read(node, what, reader) {
      const shape = shapes.find((each) => each.accepts(node));
      return shape === undefined ? refuse(node, what, wanted, reader) : shape.read(node, what, reader);
    },
    schema: () => ({ anyOf: shapes.map((each) => each.schema()) }),
  };
}

export interface NamedShape<T> extends Shape<T> {
  readonly schemaName: string;
  /** What stands under that name. */
  definition(): JsonSchema;
}

/** A shape that the JSON Schema knows by a name; `make` may refer to what is declared later, itself included. */
export function named<T>(name: string, wanted: string, make: () => Shape<T>): NamedShape<T> {
  let made: Shape<T> | null = null;
  const shape = (): Shape<T> => (made ??= make());
  return {
    schemaName: name,
    wanted,
    accepts: (node) => shape().accepts(node),
    read: (node, what, reader) => shape().read(node, what, reader),
    schema: () => ({ $ref: `#/$defs/${name}` }),
    definition: () => shape().schema(),
  };
}

/** Reads `shape`, and changes what was read; undefined from `change` means that it has noted a problem. */
export function changed<T, U>(
  shape: Shape<T>,
  change: (value: T, node: Node, what: string, reader: Reader) => U | undefined,
): Shape<U> {
  return {
    wanted: shape.wanted,
    accepts: (node) => shape.accepts(node),
    read(node, what, reader) {
      const value = shape.read(node, what, reader);
      return value === undefined ? undefined : change(value, node, what, reader);
    },
    schema: () => shape.schema(),
  };
}

/** Reads what stands at a place, through an alias. */
export function readNode<T>(node: Node | null, what: string, shape: Shape<T>, reader: Reader): T | undefined {
  const found = node === null ? null : reader.resolve(node);
  return found === null ? undefined : shape.read(found, what, reader);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}
