// How the page looks, light and dark.

export const STYLE = `
:root { --paper: #ffffff; --ink: #1b1f24; --faint: #5f666f; --line: #d5d9de; --box: #f3f5f8; --cursor: #fff3c4; --bad: #b8400a;
  --good: #00664a; --link: #0060a0; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --ink: #e6e8eb; --faint: #a0a8b2; --line: #333a42; --box: #1d2228;
  --cursor: #3d3514; --bad: #ff8a50; --good: #2fc79a; --link: #6cbcff; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 12px 16px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
p, ol, ul { margin: 4px 0; } ol, ul { padding-left: 22px; }
h1 { font-size: 20px; margin: 4px 0; overflow-wrap: anywhere; } h2 { font-size: 13px; margin: 0 0 4px; overflow-wrap: anywhere; }
h3 { font-size: 12px; margin: 6px 0 0; color: var(--faint); font-weight: 600; }
button, input { font: inherit; color: inherit; }
button { background: var(--box); border: 1px solid var(--line); border-radius: 5px; padding: 2px 9px; cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.crumb, .about, .quiet, .at, .place, .beside-words { color: var(--faint); } .crumb b { color: var(--ink); }
.at { font-weight: normal; }
.badge { background: var(--bad); color: var(--paper); border-radius: 5px; padding: 0 8px; white-space: nowrap; }
.badge.fine { background: var(--good); }
.why { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 20px; grid-template-rows: minmax(0, 1fr); max-height: 27vh;
  font-size: 13px; }
.reasons, .remedies { overflow: auto; min-height: 0; } .why li { margin: 2px 0; overflow-wrap: anywhere; }
.beside-words { overflow-wrap: anywhere; font-size: 12px; }
.hint { border-left: 3px solid var(--link); padding-left: 10px; } .judge { color: var(--faint); font-size: 12px; }
button.step { background: none; border: 0; padding: 0; color: var(--link); text-decoration: underline; font-weight: 600; }
.replay { display: flex; gap: 8px; align-items: center; margin-top: 8px; }
.replay input { flex: 1; min-width: 0; font: 12px ui-monospace, Menlo, Consolas, monospace; background: var(--box); border: 1px solid var(--line);
  border-radius: 5px; padding: 4px 8px; }
.bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin: 8px 0 4px; } .bar label { margin-left: 8px; }
#status { min-height: 1.5em; color: var(--faint); overflow-wrap: anywhere; }
.panes { display: grid; grid-template-columns: minmax(0, 1fr) minmax(320px, 38%); gap: 12px; grid-template-rows: minmax(0, 1fr);
  flex: 1; min-height: 0; } .panes.two { grid-template-columns: minmax(0, 1fr) minmax(300px, 30%); }
.screen { height: calc(100vh - 24px); min-height: 640px; display: flex; flex-direction: column; }
main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
.charts { display: flex; gap: 8px; min-width: 0; min-height: 0; }
.chart { position: relative; flex: 1; min-width: 0; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
.chart.active { border-color: var(--link); }
.chart canvas { position: sticky; top: 0; left: 0; display: block; } .room { min-height: 0; }
aside { display: grid; grid-template-rows: auto minmax(130px, 1fr) minmax(130px, 30%); grid-template-columns: 1fr 1fr; gap: 8px; min-height: 0; overflow: auto; }
aside section { border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; min-width: 0; min-height: 0; overflow: auto; }
aside section:nth-child(1), aside section:nth-child(2) { grid-column: 1 / 3; }
aside section:nth-child(2) { display: flex; flex-direction: column; }
aside section:nth-child(3), aside section:nth-child(4) { font-size: 13px; }
aside ul { list-style: none; padding-left: 0; } aside li { overflow-wrap: anywhere; }
.chain { line-height: 2; } .thread { border-radius: 12px; font-weight: 600; padding: 1px 10px; }
.object { border: 1px solid var(--line); padding: 2px 8px; background: var(--box); } .link { color: var(--faint); }
.letter { display: inline-block; min-width: 16px; padding: 0 3px; margin-right: 6px; text-align: center; border-radius: 3px; color: var(--paper);
  font: bold 12px ui-monospace, Menlo, Consolas, monospace; }
.bad { color: var(--bad); font-weight: 600; } .wake { color: var(--link); } .now { font-weight: 600; }
#source { flex: 1; overflow: auto; position: relative; font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; }
.line { display: flex; white-space: pre; width: max-content; min-width: 100%; }
.number { color: var(--faint); min-width: 4ch; text-align: right; margin-right: 10px; user-select: none; }
.line.here .number::before { content: "\\25B6 "; }
.line.other { background: var(--box); } .line.here { background: var(--cursor); font-weight: 600; } .who { color: var(--link); margin-left: 16px; font-weight: 600; }
.stack { font: 12px ui-monospace, Menlo, Consolas, monospace; }
#table-details { margin-top: 10px; } table { border-collapse: collapse; } caption { text-align: left; color: var(--faint); }
td, th { text-align: left; vertical-align: top; padding: 2px 12px 2px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
tr.failing td { color: var(--bad); font-weight: 600; } tr.apart td { color: var(--faint); }
dialog { background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 8px; max-width: 70ch; }
dialog th { white-space: nowrap; } dialog h2 { font-size: 16px; margin-top: 8px; }
@media (max-width: 900px) { .why { grid-template-columns: 1fr; max-height: none; } .screen { height: auto; } .panes, .panes.two { grid-template-columns: 1fr; grid-template-rows: none; } .chart { height: 60vh; } #source { max-height: 40vh; } }
@media print { .bar, .panes, #status { display: none; } .why { max-height: none; } }
`;
