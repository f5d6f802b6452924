// A scenario's parameters: what is given from outside, checked against what the scenario declares.

import { InputError } from "#base/assert";
import { suggestion } from "#base/nearest";
import type { Parameter, ParameterValues, Scenario } from "#scenario/types";

/** Of a parameter that is a whole number, when nobody says how large it may be. */
const WHOLE_MOST = 1_000_000;

/**
 * The values of `NAME=VALUE` pairs, each of its declared parameter's type; only those that were given.
 * @throws InputError for a pair that is none, an unknown name, a name given twice, a value of another type
 */
export function parseParameters(scenario: Scenario, pairs: readonly string[]): ParameterValues {
  const values: Record<string, number | string | boolean> = {};
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 1) throw new InputError(`a parameter is given as NAME=VALUE, not as "${pair}"`);
    const name = pair.slice(0, equals);
    if (Object.hasOwn(values, name)) throw new InputError(`the parameter "${name}" was given twice`);
    values[name] = parseValue(name, pair.slice(equals + 1), declaredParameter(scenario, name));
  }
  return values;
}

/** Values as text, as a schedule token keeps them; `parseParameters` reads them back. */
export function parametersAsText(values: ParameterValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

function declaredParameter(scenario: Scenario, name: string): Parameter {
  const declared = scenario.definition.parameters ?? {};
  const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (parameter !== undefined) return parameter;
  const names = Object.keys(declared);
  const known = names.length === 0 ? "it declares none" : `it declares ${names.map((each) => `"${each}"`).join(", ")}`;
  throw new InputError(
    `the scenario "${scenario.name}" has no parameter "${name}": ${known}${suggestion(name, names)}`,
  );
}

function parseValue(name: string, text: string, parameter: Parameter): number | string | boolean {
  switch (typeof parameter.default) {
    case "number":
      return parseNumber(name, text, parameter);
    case "boolean":
      if (text === "true" || text === "false") return text === "true";
      throw new InputError(`the parameter "${name}" takes true or false, not "${text}" (${parameter.about})`);
    default: {
      const { oneOf } = parameter;
      if (oneOf === undefined || oneOf.includes(text)) return text;
      const known = oneOf.join(", ");
      throw new InputError(`the parameter "${name}" takes one of ${known}, not "${text}"${suggestion(text, oneOf)}`);
    }
  }
}

function parseNumber(name: string, text: string, parameter: Parameter): number {
  const value = Number(text);
  const isNumber = text.trim() !== "" && Number.isFinite(value);
  const { least, most } = parameter;
  if (least === undefined && most === undefined) {
    if (isNumber) return value;
    throw new InputError(`the parameter "${name}" takes a number, not "${text}" (${parameter.about})`);
  }
  const from = least ?? 0;
  const to = most ?? WHOLE_MOST;
  if (isNumber && Number.isInteger(value) && value >= from && value <= to) return value;
  throw new InputError(
    `the parameter "${name}" takes a whole number from ${from} to ${to}, not "${text}" (${parameter.about})`,
  );
}
