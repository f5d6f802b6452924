// Options by name: one that is misspelt would be an option that is not set, and nobody would hear of it.

import { UsageError } from "#base/assert";
import { suggestion } from "#base/nearest";
import { shown } from "#base/shown";

/** @throws UsageError for the first name that is no option. @param whose "explore", for the message */
export function checkOptions(whose: string, options: unknown, known: Readonly<Record<string, unknown>>): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new UsageError(`${whose}() takes its options as an object, not ${shown(options)}`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(known, name)) continue;
    const names = Object.keys(known);
    throw new UsageError(
      `${whose}() has no option "${name}"${suggestion(name, names) || ";"} its options are ${names.join(", ")}`,
    );
  }
}
