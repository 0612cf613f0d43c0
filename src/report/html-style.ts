/** The look of the HTML report: light and dark, on a phone, on paper; nothing is loaded and nothing runs. */

export const STYLE = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2024; --soft: #5f6b76; --line: #dfe3e8;
  --good: #1a7f4b; --bad: #c6282d; --warn: #a15c00; --unknown: #7148b8; --track: #e9ecf0; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --card: #1c2126; --ink: #e6e9ec; --soft: #98a4b0;
  --line: #323940; --good: #4cc38a; --bad: #ff7b7f; --warn: #f0a742; --unknown: #b79bf5; --track: #2b3138; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
h1 { font-size: 1.1rem; font-weight: 600; margin: 0 0 .5rem; color: var(--soft); overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
h3 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
code, pre { font: .86em/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
pre { margin: .3rem 0; padding: .5rem .7rem; background: var(--track); border-radius: 6px; white-space: pre-wrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1rem; margin: .7rem 0; }
.answer { border-left: 8px solid var(--soft); }
.answer .word { font-size: 2rem; font-weight: 750; line-height: 1.2; letter-spacing: .01em; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .unknown { color: var(--unknown); }
.none, .soft { color: var(--soft); }
.answer.good { border-left-color: var(--good); } .answer.bad { border-left-color: var(--bad); }
.answer.warn { border-left-color: var(--warn); } .answer.unknown { border-left-color: var(--unknown); }
.answer > * { color: var(--ink); } .answer > .word { color: inherit; } .answer > .soft { color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; font-size: .9rem; margin: .6rem 0 0; padding: 0; list-style: none; }
.gates { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .7rem; }
.gates .card { margin: 0; }
.bars { display: grid; grid-template-columns: minmax(8rem, 15rem) 1fr minmax(6rem, auto); gap: .45rem .9rem; align-items: center; grid-auto-flow: dense; }
.bars > .name { overflow-wrap: anywhere; grid-column: 1; } .bars > svg { grid-column: 2; }
.bars > .value { grid-column: 3; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
svg.bar { display: block; width: 100%; height: .8rem; border-radius: 4px; background: var(--track); }
svg .low { fill: var(--good); } svg .low.warn { fill: var(--warn); } svg .low.bad { fill: var(--bad); }
svg .maybe { fill: var(--soft); opacity: .45; } svg .time { fill: var(--soft); }
.bars .under { grid-column: 1 / -1; margin: -.3rem 0 .3rem; font-size: .86rem; }
details { margin: .5rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
details.tool > summary { font-weight: 600; } details.file { margin-left: 1rem; }
ul.rows { list-style: none; margin: .3rem 0; padding: 0; }
ul.rows > li { padding: .45rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
ul.rows > li:first-child { border-top: 0; padding-top: 0; } ul.rows > li:last-child { padding-bottom: 0; }
.tag { display: inline-block; min-width: 5.2rem; margin-right: .4rem; font-size: .8rem; font-weight: 650; }
.at { display: inline-block; min-width: 3.6rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.filter { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .4rem 0; }
.filter label { cursor: pointer; }
#findings:has(#only-errors:checked) .is-warning, #findings:has(#only-errors:checked) .is-info,
#findings:has(#no-notes:checked) .is-info { display: none; }
#findings:has(#only-errors:checked) :is(.tool, .file):not(:has(.is-error)),
#findings:has(#no-notes:checked) :is(.tool, .file):not(:has(.is-error, .is-warning)) { display: none; }
footer { margin-top: 2.5rem; font-size: .86rem; color: var(--soft); }
@media (max-width: 34rem) { body { font-size: 15px; } .bars { grid-template-columns: 1fr auto; } .bars > svg { grid-column: 1 / -1; }
  .bars > .value { grid-column: 2; } .answer .word { font-size: 1.6rem; } details.file { margin-left: .3rem; } }
@media print { :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --track: #eee; }
  body { font-size: 11px; } .filter { display: none; } .card { break-inside: avoid; } main { padding: 0; max-width: none; }
  details::details-content { content-visibility: visible; block-size: auto; } }
`;
