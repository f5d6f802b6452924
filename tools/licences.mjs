// docs/licences.md: the licence of every package that `npm install lockstep` brings along, from the lock file.
//
//   node tools/licences.mjs          writes the list
//   node tools/licences.mjs --check  ends with exit code 1 when the list is not up to date
//
// A licence that is not among those below ends with exit code 1: somebody has to read it first.

import { readFileSync, writeFileSync } from "node:fs";

const ACCEPTED = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "Unlicense"];
const LIST = new URL("../docs/licences.md", import.meta.url);

const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const runtime = Object.entries(packages)
  .filter(([path, { dev, peer, optional }]) => path !== "" && !dev && !peer && !optional)
  .map(([path, { version, license }]) => ({ name: path.split("node_modules/").at(-1), version, license }))
  .sort((one, other) => (one.name < other.name ? -1 : 1));

const refused = runtime.filter(({ license }) => !ACCEPTED.includes(license));
for (const { name, version, license } of refused) console.error(`${name} ${version}: ${license ?? "no licence"}`);

const text = `# Licences

Lockstep is under the MIT licence. An installation brings these ${runtime.length} packages along; development tools are not among
them. \`npm run licences\` makes the list from the lock file.

| package | version | licence |
|---|---|---|
${runtime.map(({ name, version, license }) => `| \`${name}\` | ${version} | ${license} |`).join("\n")}
`;

if (!process.argv.includes("--check")) writeFileSync(LIST, text);
const isUpToDate = readFileSync(LIST, "utf8") === text;
if (!isUpToDate) console.error("docs/licences.md is not up to date (npm run licences writes it)");
if (!isUpToDate || refused.length > 0) process.exitCode = 1;
