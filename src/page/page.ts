// The page itself: one file that opens from disk, needs no network, and runs nothing but its own script.
//
// Invariants:
//   - all that comes from the scenario goes through escapeHtml or jsonForScript;
//   - the content security policy allows the page's own style and script by their hashes, and nothing else at all;
//   - without its script the page still says what happened, why, and how to replay it.

import type { PageData } from "#page/data";
import { escapeHtml, jsonForScript } from "#page/escape";
import { STYLE } from "#page/style";
import type { Explanation, Ruling } from "#report/explanation";

/** What a page says. */
export interface PageFacts {
  readonly scenario: string;
  /** One sentence on the scenario; empty for none. */
  readonly about: string;
  readonly outcome: string;
  readonly explanation: Explanation;
  /** What judges say beside the explanation. */
  readonly rulings: readonly Ruling[];
  /** "9 steps, 1 preemption". */
  readonly counts: string;
  /** What was searched, and what else was found; empty where that is not known. */
  readonly searched: string;
  /** The command that replays it. */
  readonly replay: string;
  /** Where what is drawn beside it comes from; empty when there is nothing beside it. */
  readonly beside: string;
  /** Whether the page opens with the two side by side. */
  readonly isBesideOpen: boolean;
  readonly data: PageData;
  /** The page's own script. */
  readonly script: string;
  /** "sha256-...": of a text, as a content security policy has it. */
  hash(text: string): string;
}

/** The whole file. */
export function pageOf(facts: PageFacts): string {
  const { scenario, explanation, data, script, hash, isBesideOpen } = facts;
  const policy = [
    "default-src 'none'",
    `style-src '${hash(STYLE)}'`,
    `script-src '${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join("; ")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`${explanation.title} - ${scenario}`)}</title>
<style>${STYLE}</style>
</head>
<body${isBesideOpen ? ' data-beside="open"' : ""}>
<div class="screen">
${header(facts)}
${MAIN}
</div>
${TABLE}
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function header({
  scenario,
  about,
  outcome,
  explanation,
  rulings,
  counts,
  searched,
  replay,
  beside,
}: PageFacts): string {
  const isFine = outcome === "finished";
  const aboutWords = about === "" ? "" : `<p class="about">${escapeHtml(about)}</p>`;
  const title = explanation.title.startsWith(`${outcome}: `)
    ? explanation.title.slice(outcome.length + 2)
    : explanation.title;
  const others = rulings.map(
    ({ judge, message, hint }) =>
      `<li>${linked(`${message}`)} <span class="judge">${escapeHtml(judge)}</span><br><span class="hint">${linked(hint)}</span></li>`,
  );
  return `<header>
<p class="crumb"><b>${escapeHtml(scenario)}</b> &middot; ${escapeHtml(counts)}</p>
<h1><span class="badge${isFine ? " fine" : ""}">${isFine ? "&#10003;" : "&#10006;"} ${escapeHtml(outcome)}</span>${title === outcome ? "" : ` ${escapeHtml(title)}`}</h1>
${aboutWords}
<div class="why">
<div class="reasons">${explanation.sentences.length === 0 ? "" : `<ol>${explanation.sentences.map((each) => `<li>${linked(each)}</li>`).join("\n")}</ol>`}</div>
<div class="remedies">
${explanation.hints.map((hint) => `<p class="hint"><b>Hint</b> ${linked(hint)}</p>`).join("\n")}
${others.length === 0 ? "" : `<details><summary>${others.length === 1 ? "One thing" : `${others.length} things`} beside that judges have seen</summary><ul>${others.join("\n")}</ul></details>`}
<p class="replay"><label for="replay">Replay</label> <input id="replay" readonly value="${escapeHtml(replay)}"> <button id="copy" type="button">Copy</button></p>
${searched === "" ? "" : `<p class="beside-words">${escapeHtml(searched)}</p>`}
${beside === "" ? "" : `<p class="beside-words">${escapeHtml(beside)}</p>`}
</div>
</div>
<noscript><p class="hint">The timeline below is drawn by the page's own script, which does not run here.</p></noscript>
</header>`;
}

// A step that is spoken of leads to its row; the script gives the buttons their meaning.
function linked(text: string): string {
  return escapeHtml(text).replace(
    /\bstep (\d+)/g,
    (words, step: string) => `<button type="button" class="step" data-step="${step}">${words}</button>`,
  );
}

const MAIN = `<main>
<div class="bar" role="toolbar" aria-label="The timeline">
<button id="first" type="button" title="First row (Home)">&#8676;</button>
<button id="previous" type="button" title="One row back (arrow up)">&#8593;</button>
<button id="next" type="button" title="One row on (arrow down)">&#8595;</button>
<button id="last" type="button" title="Last row (End)">&#8677;</button>
<button id="out" type="button" title="Smaller (-)">&minus;</button>
<button id="in" type="button" title="Larger (+)">+</button>
<label><input id="only" type="checkbox"> only what led to it</label>
<label><input id="all" type="checkbox"> all threads</label>
<label id="beside-label" hidden><input id="beside" type="checkbox"> beside one that passes</label>
<button id="help-button" type="button" title="Keys and signs (?)">? help</button>
</div>
<div id="status" role="status" aria-live="polite"></div>
<div class="panes" id="panes">
<section class="charts" id="charts" aria-label="Timeline: one column a thread, one row a step"></section>
<aside>
<section aria-label="Who waits for whom"><h2>Who waits for whom <span class="at"></span></h2><div id="waits"></div></section>
<section aria-label="Source"><h2 id="file">Source</h2><div id="source" tabindex="0"></div></section>
<section aria-label="This step"><h2>This step</h2><div id="step"></div></section>
<section aria-label="State"><h2>State <span class="at"></span></h2><div id="state"></div></section>
</aside>
</div>
<dialog id="help"><h2>Keys</h2>
<table><tbody>
<tr><th scope="row">arrow up, arrow down</th><td>one row back, one row on</td></tr>
<tr><th scope="row">page up, page down</th><td>a screenful back, on</td></tr>
<tr><th scope="row">home, end</th><td>the first row, the last row</td></tr>
<tr><th scope="row">n, p</th><td>the next, the previous step of the same thread</td></tr>
<tr><th scope="row">arrow left, arrow right</th><td>the nearest earlier step of the thread to the left, to the right</td></tr>
<tr><th scope="row">e, shift e</th><td>the next, the previous step that the explanation names</td></tr>
<tr><th scope="row">+, -, 0</th><td>larger, smaller, all of it on one screen; also with control and the wheel</td></tr>
<tr><th scope="row">c</th><td>only what led to the end, or all</td></tr>
<tr><th scope="row">a</th><td>all threads, or only those that take part</td></tr>
<tr><th scope="row">b</th><td>beside one that passes; tab goes from one to the other</td></tr>
<tr><th scope="row">d</th><td>the first difference between the two</td></tr>
<tr><th scope="row">?, escape</th><td>this help, and away with it</td></tr>
</tbody></table>
<h2>Signs</h2><div id="legend"></div>
<form method="dialog"><button>Close</button></form></dialog>
</main>`;

const TABLE = `<details id="table-details"><summary>All steps as a table</summary>
<p class="pages"><button id="table-previous" type="button">Earlier</button> <span id="table-where"></span> <button id="table-next" type="button">Later</button></p>
<table id="table"><caption>Steps in the order in which they were taken</caption>
<thead><tr><th scope="col">step</th><th scope="col">thread</th><th scope="col">what</th><th scope="col">effects</th><th scope="col">where</th></tr></thead><tbody></tbody></table>
</details>`;
