// Shapes of what holds several values: lists, things by name, and maps with fields of their own.

import { isMap, isScalar, isSeq, Scalar, type Node, type Pair, type YAMLMap } from "yaml";
import { suggestion } from "#base/nearest";
import { describeNode, type Reader } from "#script/reader";
import { readNode, refuse, type JsonSchema, type Shape } from "#script/shape";

export interface Field<T> {
  readonly shape: Shape<T>;
  readonly isRequired: boolean;
  /** One sentence, for editors and documents. */
  readonly about: string;
}

export interface RequiredField<T> extends Field<T> {
  readonly isRequired: true;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What a record of these fields is read as. */
export type RecordOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends RequiredField<infer T>
    ? T
    : F[K] extends Field<infer T>
      ? T | undefined
      : never;
};

export function required<T>(shape: Shape<T>, about: string): RequiredField<T> {
  return { shape, about, isRequired: true };
}

export function optional<T>(shape: Shape<T>, about: string): Field<T> {
  return { shape, about, isRequired: false };
}

export function list<T>(item: Shape<T>, wanted: string, most: number, least = 0): Shape<readonly T[]> {
  return {
    wanted,
    accepts: isSeq,
    read(node, what, reader) {
      if (!isSeq(node)) return refuse(node, what, wanted, reader);
      if (node.items.length > most || node.items.length < least) {
        const bound = node.items.length > most ? `at most ${most}` : `at least ${least}`;
        reader.problem(node, `${what} should have ${bound} items; it has ${node.items.length}`);
        return undefined;
      }
      const values = reader.inside(node, () =>
        node.items.map((each, at) => readNode(each as Node, `item ${at + 1} of ${what}`, item, reader)),
      );
      return values?.every((each) => each !== undefined) === true ? (values as T[]) : undefined;
    },
    schema: () => ({ type: "array", items: item.schema(), minItems: least, maxItems: most }),
  };
}

/** Things by name. */
export function mapOf<T>(
  item: Shape<T>,
  wanted: string,
  names: { readonly pattern: RegExp; readonly wanted: string; readonly most: number },
): Shape<ReadonlyMap<string, T>> {
  return {
    wanted,
    accepts: isMap,
    read(node, what, reader) {
      if (!isMap(node)) return refuse(node, what, wanted, reader);
      if (node.items.length > names.most || node.items.length === 0) {
        const bound = node.items.length === 0 ? "one entry at least" : `at most ${names.most} entries`;
        reader.problem(node, `${what} should have ${bound}; it has ${node.items.length}`);
        return undefined;
      }
      const entries = reader.inside(node, () =>
        pairsOf(node, what, reader).map(({ name, key, value }) => {
          if (!names.pattern.test(name)) return refuse(key, `a name in ${what}`, names.wanted, reader);
          const read = readNode(value, `"${name}"`, item, reader);
          return read === undefined ? undefined : ([name, read] as const);
        }),
      );
      const isWhole = entries?.length === node.items.length && entries.every((each) => each !== undefined);
      return isWhole ? new Map(entries) : undefined;
    },
    schema: () => ({
      type: "object",
      minProperties: 1,
      maxProperties: names.most,
      propertyNames: { pattern: names.pattern.source },
      additionalProperties: item.schema(),
    }),
  };
}

/** A map with these fields and no others. */
export function record<F extends Fields>(fields: F, wanted: string): Shape<RecordOf<F>> {
  return {
    wanted,
    accepts: isMap,
    read: (node, what, reader) =>
      isMap(node) ? readFields(node, what, fields, reader) : refuse(node, what, wanted, reader),
    schema: () => fieldsSchema(fields),
  };
}

/** Reads a map's fields; they are read in the order of `fields`, not in that of the text. */
export function readFields<F extends Fields>(
  node: YAMLMap,
  what: string,
  fields: F,
  reader: Reader,
): RecordOf<F> | undefined {
  const pairs = pairsOf(node, what, reader);
  const known = Object.keys(fields);
  let isWhole = pairs.length === node.items.length;
  for (const { name, key } of pairs) {
    if (Object.hasOwn(fields, name)) continue;
    isWhole = false;
    const near = suggestion(name.slice(0, 100), known);
    reader.problem(key, `${what} has no field "${name.slice(0, 60)}"${near || `; it has ${known.join(", ")}`}`);
  }
  const values: Record<string, unknown> = {};
  const isRead = reader.inside(node, () => {
    for (const [name, field] of Object.entries(fields)) {
      const pair = pairs.find((each) => each.name === name);
      if (pair === undefined) {
        if (!field.isRequired) continue;
        isWhole = false;
        reader.problem(node, `${what} has no "${name}": ${field.about} It should be ${field.shape.wanted}`);
        continue;
      }
      values[name] = readNode(pair.value, `"${name}"`, field.shape, reader);
      if (values[name] === undefined) isWhole = false;
    }
    return true;
  });
  return isWhole && isRead === true ? (values as RecordOf<F>) : undefined;
}

export function fieldsSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  const requiredNames = entries.filter(([, field]) => field.isRequired).map(([name]) => name);
  return {
    type: "object",
    additionalProperties: false,
    ...(requiredNames.length === 0 ? {} : { required: requiredNames }),
    properties: Object.fromEntries(
      entries.map(([name, { shape, about }]) => [name, { description: about, ...shape.schema() }]),
    ),
  };
}

interface NamedPair {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

/** The pairs whose keys are texts, each once; the others have a problem. */
export function pairsOf(map: YAMLMap, what: string, reader: Reader): NamedPair[] {
  const seen = new Set<string>();
  return (map.items as Pair<Node, Node | null>[]).flatMap(({ key, value }) => {
    const name: unknown = isScalar(key) ? key.value : null;
    if (typeof name !== "string") {
      reader.problem(key ?? map, `a name in ${what} should be a text; it is ${describeNode(key)}`);
      return [];
    }
    if (seen.has(name)) {
      reader.problem(key, `"${name.slice(0, 60)}" stands here for the second time`);
      return [];
    }
    seen.add(name);
    return [{ name, key, value: value ?? nothingAt(key) }];
  });
}

// A field that is written without a value has one all the same: nothing.
function nothingAt(key: Node): Node {
  const nothing = new Scalar(null);
  nothing.range = key.range ?? null;
  return nothing;
}
