// A mutex as a field of a struct.

import type { Field } from "#kernel/struct";
import { Mutex } from "#sync/mutex";

/** A mutex inside a struct: ready when it has a name, raw memory (to be `init`ialised) when it has none. */
export function mutex(name?: string): Field<Mutex> {
  return {
    kind: "embedded",
    zero: null as unknown as Mutex,
    size: 40,
    create: (kernel, block, fieldName) => {
      const made = new Mutex(kernel, name ?? fieldName, block);
      if (name === undefined) made.fill(0);
      return made;
    },
    ...(name === undefined ? {} : { construct: (made: Mutex) => made.init(name) }),
  };
}
