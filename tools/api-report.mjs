// The API report: what each entry point of the package exports, with its signatures, as Markdown below api/. It is checked
// in, so that a changed signature shows in review.
//
//   node tools/api-report.mjs          writes the report from the declarations in dist/
//   node tools/api-report.mjs --check  ends with exit code 1, and says what differs, when the report is not up to date
//   ... --from FOLDER                  takes the declarations from FOLDER instead of dist/
//
// It is made from the emitted .d.ts files: whatever the compiler gives away is in them. Comments are left out, since words
// may change. Private members are left out, since nobody can use them. Types that a signature names without their being
// exported are listed below it: they are seen, and cannot be named.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { parseAst } from "rolldown/parseAst";

const root = fileURLToPath(new URL("..", import.meta.url)).replaceAll("\\", "/");
const words = process.argv.slice(2);
const from = words.includes("--from") ? words[words.indexOf("--from") + 1] : join(root, "dist");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const modules = new Map();
let differs = false;
for (const [name, text] of reports()) keep(name, text);
if (differs) process.exitCode = 1;

// --- The reports -------------------------------------------------------------------------------------------------

function* reports() {
  for (const [path, target] of Object.entries(manifest.exports)) {
    if (typeof target !== "object") continue;
    const name = path === "." ? "lockstep" : path.slice("./".length).replaceAll("/*", "").replaceAll("/", "-");
    yield [name, report(path.replace(".", "lockstep"), entryFiles(target.types))];
  }
}

/** The declaration files that an entry of the exports map leads to, below `from`: [what * stands for, file]. */
function entryFiles(types) {
  const [head, tail] = types.replace("./dist/", "").split("*");
  if (tail === undefined) return [["", head]];
  const found = readdirSync(join(from, head), { recursive: true, encoding: "utf8" });
  return found
    .filter((file) => file.endsWith(tail))
    .map((file) => [file.slice(0, -tail.length), head + file])
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

function report(specifier, files) {
  let text = `# API of \`${specifier}\`\n\nMade by \`npm run api\` from the declarations that are built; not edited by hand.\n`;
  for (const [star, file] of files) {
    const exported = [...exportsOf(file)].sort(([one], [other]) => (one < other ? -1 : 1));
    if (files.length > 1) text += `\n## ${specifier.replace("*", star)}\n`;
    const texts = exported.map(([name, place]) => shown(name, place));
    text += `\n\`\`\`ts\n${[...new Set(texts)].join("\n")}\n\`\`\`\n`;
    const unexported = named(exported).join(", ");
    if (unexported !== "") text += `\nNamed above without being exported here: ${unexported}.\n`;
  }
  return text;
}

function shown(name, { file, local }) {
  const declared = moduleAt(file).declarations.get(local) ?? [];
  if (declared.length === 0) throw new Error(`${file} declares no "${local}", which is exported as "${name}"`);
  const alias = local === name ? "" : `// exported as ${name}\n`;
  return alias + declared.map(({ text }) => text).join("\n");
}

/** Names of types of this package that the signatures use, which this entry point does not export. */
function named(exported) {
  const known = new Set(exported.map(([, { file, local }]) => `${file} ${local}`));
  const found = new Set();
  for (const [, { file, local }] of exported) {
    for (const { node } of moduleAt(file).declarations.get(local) ?? []) {
      for (const name of typeNamesIn(node)) {
        const place = resolved(file, name);
        if (place !== null && !known.has(`${place.file} ${place.local}`)) found.add(place.local);
      }
    }
  }
  return [...found].sort();
}

function keep(name, text) {
  const path = join(root, "api", `${name}.md`);
  const old = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (old === text) return;
  if (!words.includes("--check")) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`api/${name}.md is written`);
    return;
  }
  differs = true;
  console.log(`api/${name}.md is not up to date (npm run build && npm run api writes it):`);
  const [before, after] = [old.split("\n"), text.split("\n")];
  for (const line of before.filter((each) => !after.includes(each))) console.log(`  - ${line}`);
  for (const line of after.filter((each) => !before.includes(each))) console.log(`  + ${line}`);
}

// --- Modules -----------------------------------------------------------------------------------------------------

/** What a declaration file declares, imports and exports, each by its name. */
function moduleAt(file) {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(from, file), "utf8");
  const made = { declarations: new Map(), imports: new Map(), exports: new Map(), stars: [] };
  modules.set(file, made);
  for (const node of parseAst(text, { lang: "dts" }).body) take(made, node, file, text);
  return made;
}

function take(made, node, file, text) {
  const source = node.source == null ? null : fileOf(file, node.source.value);
  if (node.type === "ImportDeclaration") {
    for (const each of node.specifiers) {
      if (source !== null) made.imports.set(each.local.name, { file: source, local: each.imported?.name ?? "default" });
    }
  } else if (node.type === "ExportAllDeclaration") {
    if (source !== null) made.stars.push(source);
  } else if (node.type === "ExportDefaultDeclaration") {
    made.exports.set("default", { file, local: node.declaration.name });
  } else if (node.type === "ExportNamedDeclaration" && node.declaration == null) {
    for (const each of node.specifiers)
      made.exports.set(each.exported.name, { file: source ?? file, local: each.local.name });
  } else {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : node;
    for (const name of namesOf(declaration)) {
      const all = made.declarations.get(name) ?? [];
      made.declarations.set(name, [...all, { node: declaration, text: plain(text.slice(node.start, node.end)) }]);
      if (declaration !== node) made.exports.set(name, { file, local: name });
    }
  }
}

function namesOf(declaration) {
  if (declaration.type === "VariableDeclaration") return declaration.declarations.map((each) => each.id.name);
  return declaration.id == null ? [] : [declaration.id.name];
}

/** The declaration file behind an import, below `from`; null for a package's. */
function fileOf(file, name) {
  if (name.startsWith(".")) return join(dirname(file), name).replace(/\.js$/, ".d.ts");
  for (const [pattern, { types }] of Object.entries(name.startsWith("#") ? manifest.imports : {})) {
    const [head, tail] = pattern.split("*");
    if (tail === undefined ? name === pattern : name.startsWith(head)) {
      return types.replace("./dist/", "").replace("*", name.slice(head.length));
    }
  }
  return null;
}

/** All that a module exports: names, and where each is declared. */
function exportsOf(file) {
  const { exports, stars } = moduleAt(file);
  const all = new Map();
  for (const star of stars) for (const [name, place] of exportsOf(star)) all.set(name, place);
  for (const [name, place] of exports) all.set(name, declaredAt(place));
  return all;
}

function declaredAt({ file, local }) {
  const { declarations, imports, exports } = moduleAt(file);
  if (declarations.has(local)) return { file, local };
  const next = imports.get(local) ?? exports.get(local) ?? exportsOf(file).get(local);
  return next === undefined || (next.file === file && next.local === local) ? { file, local } : declaredAt(next);
}

function resolved(file, name) {
  const { declarations, imports } = moduleAt(file);
  if (declarations.has(name)) return { file, local: name };
  const imported = imports.get(name);
  return imported === undefined ? null : declaredAt(imported);
}

function typeNamesIn(value, found = []) {
  if (Array.isArray(value)) for (const each of value) typeNamesIn(each, found);
  else if (typeof value === "object" && value !== null) {
    if (value.type === "TSTypeReference" && value.typeName.type === "Identifier") found.push(value.typeName.name);
    if (value.accessibility === "private") return found;
    for (const key in value) typeNamesIn(value[key], found);
  }
  return found;
}

/** A declaration's text without comments and private members. */
function plain(text) {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^export (?:default )?(?:declare )?/, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && !/^\s*(?:#private;|private )/.test(line))
    .join("\n");
}
