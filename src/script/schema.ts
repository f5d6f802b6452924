// The JSON Schema of scripts, for editors: made of the shapes that read them. What only the whole of a script can show
// (names that nobody gives, teams of no host, which steps a kernel thread may take) `lockstep check` alone can say.

import { data } from "#script/data";
import { expectation } from "#script/expectation";
import { FIELDS } from "#script/fields";
import { fieldsSchema } from "#script/collections";
import { type JsonSchema } from "#script/shape";
import { step, steps } from "#script/verbs";

const DRAFT = "http://json-schema.org/draft-07/schema#";

/** The whole schema. */
export function scriptSchema(): JsonSchema {
  return {
    $schema: DRAFT,
    title: "A scenario of Lockstep",
    description: "docs/scripts.md says what each field means.",
    ...fieldsSchema(FIELDS),
    oneOf: [{ required: ["run"] }, { required: ["threads"] }],
    dependencies: { after: ["threads"], links: ["hosts"] },
    $defs: {
      [data.schemaName]: data.definition(),
      [expectation.schemaName]: expectation.definition(),
      [step.schemaName]: step.definition(),
      [steps.schemaName]: steps.definition(),
    },
  };
}
