// Goal: no reader is sent to a place that is not there. Method: every link of every document is looked up: files of the
// repository, headings in them, and addresses, which are only read, since a test asks nobody.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { installationRoot } from "#load/installation";
import { DOCUMENTS } from "./document.js";

const textOf = (document: string): string => readFileSync(join(installationRoot, document), "utf8");
const examples = existsSync(join(installationRoot, "examples"))
  ? readdirSync(join(installationRoot, "examples"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
      .map((file) => join("examples", file))
  : [];

describe.each([...DOCUMENTS, ...examples])("%s", (document) => {
  test("has links that lead somewhere", () => {
    const broken = linksOf(textOf(document)).filter((link) => !leadsSomewhere(document, link));
    expect(broken).toEqual([]);
  });
});

test("every page below docs/ can be reached from the README", () => {
  const reached = new Set<string>();
  const open = ["README.md"];
  for (let document = open.pop(); document !== undefined; document = open.pop()) {
    if (reached.has(document)) continue;
    reached.add(document);
    for (const link of linksOf(textOf(document))) {
      const [path = ""] = link.split("#");
      const target = relative(installationRoot, join(installationRoot, dirname(document), path)).replaceAll("\\", "/");
      if (path.endsWith(".md") && DOCUMENTS.includes(target)) open.push(target);
    }
  }
  expect(DOCUMENTS.filter((document) => !reached.has(document))).toEqual([]);
});

/** The targets of Markdown links outside of code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, (code) => "_".repeat(code.length));
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1] ?? "");
}

function leadsSomewhere(document: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return /^https:\/\/[\w.-]+\/\S*$/.test(link);
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(installationRoot, document) : join(installationRoot, dirname(document), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined) return true;
  return !statSync(target).isDirectory() && anchorsOf(readFileSync(target, "utf8")).has(anchor);
}

/** The names by which a reader can be sent into a page: its headings', as they are made on the usual sites, and its own. */
function anchorsOf(text: string): Set<string> {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map((match) => slug(match[1] ?? ""));
  const own = [...prose.matchAll(/<a id="([\w-]+)">/g)].map((match) => match[1] ?? "");
  return new Set([...headings, ...own]);
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}
