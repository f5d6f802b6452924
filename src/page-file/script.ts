// The script of a page: the files of src/page/browser, one after the other, as plain tsc has compiled them.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** In this order: a file may use at once what those before it declare. */
const FILES = ["model", "palette", "paint", "paint-signs", "chart", "panels", "source", "table", "main"];

let script: string | null = null;

/** The whole script, as one function that is called at once, so that its names are its own. */
export function pageScript(): string {
  script ??= `(() => {\n"use strict";\n${FILES.map(partOf).join("\n")}\n})();`;
  return script;
}

/** As a content security policy names a text. */
export function policyHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

// From the sources there is nothing compiled: the types are taken out here.
function partOf(name: string): string {
  const compiled = new URL(`../page/browser/${name}.js`, import.meta.url);
  const text = existsSync(compiled) ? readFileSync(compiled, "utf8") : withoutTypes(name);
  return text.replace(/^"use strict";\n/, "").replace(/^\/\/# sourceMappingURL=.*$/m, "");
}

function withoutTypes(name: string): string {
  const source = readFileSync(new URL(`../page/browser/${name}.ts`, import.meta.url), "utf8");
  // It compiles, and so takes its time to load.
  const { createJiti } = createRequire(import.meta.url)("jiti") as typeof import("jiti");
  return createJiti(import.meta.url, { fsCache: false }).transform({ source, ts: true, filename: `${name}.ts` });
}
