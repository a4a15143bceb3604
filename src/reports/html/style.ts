/**
 * The whole style: system font, one accent, tabular numerals. Fills of the severities were measured
 * (WCAG 2.2 contrast ≥ 4.5, and distinct under protanopia, deuteranopia and tritanopia); their
 * lightness falls with the severity, so that a grey print keeps the order.
 */
const LIGHT = `
  --page: #ffffff; --ink: #1b1f24; --soft: #56606b; --line: #d8dee4; --panel: #f6f8fa;
  --accent: #0b5a8a;
  --critical: #5b0a36; --critical-ink: #ffffff; --high: #b8430c; --high-ink: #ffffff;
  --medium: #e9b13b; --medium-ink: #1b1f24; --low: #9fd0ea; --low-ink: #1b1f24;
  --info: #e9edf0; --info-ink: #1b1f24;`;

const DARK = `
  --page: #14181d; --ink: #e9edf0; --soft: #a7b1bb; --line: #333c45; --panel: #1b2127;
  --accent: #8cc8f0;
  --critical: #ffe3ee; --critical-ink: #14181d; --high: #ffa54f; --high-ink: #14181d;
  --medium: #c98a12; --medium-ink: #14181d; --low: #2d6c99; --low-ink: #ffffff;
  --info: #3a444e; --info-ink: #ffffff;`;

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 2.5rem 1.5rem 4rem; background: var(--page);
  color: var(--ink); font: 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--accent);
  outline-offset: 2px; border-radius: 2px; }
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; font-weight: 650; }
h1 { font-size: 0.9375rem; margin: 0 0 1rem; color: var(--soft); font-weight: 500; }
h2 { font-size: 1.25rem; margin: 3.5rem 0 0.25rem; }
h3 { font-size: 1.0625rem; margin: 0; }
h4 { font-size: 0.9375rem; margin: 2.5rem 0 0; color: var(--soft); font-weight: 500; }
p { margin: 0.5rem 0; max-width: 44rem; }
.headline { font-size: clamp(1.375rem, 3.2vw, 2rem); line-height: 1.3; font-weight: 600;
  letter-spacing: -0.01em; margin: 0 0 1rem; max-width: 30em; text-wrap: pretty; }
.first { font-size: 1.0625rem; }
.soft { color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 1.5rem 0 0;
  padding: 0.75rem 0; border-block: 1px solid var(--line); }
nav a { display: inline-block; min-height: 1.5rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  font-size: 0.8125rem; }
pre { margin: 0.25rem 0 0.75rem; padding: 0.5rem 0.75rem; background: var(--panel);
  white-space: pre-wrap; border-radius: 4px; }
dl { display: grid; grid-template-columns: minmax(7.5rem, max-content) 1fr; gap: 0.25rem 1.25rem;
  margin: 0.75rem 0; }
dt { color: var(--soft); }
dd { margin: 0; max-width: 44rem; }
ul, ol { padding-left: 1.25rem; margin: 0.5rem 0; }
li { max-width: 44rem; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; color: var(--accent); min-height: 1.5rem; width: fit-content; }
.badge { display: inline-block; padding: 0.0625rem 0.5rem; border-radius: 3px; font-size: 0.8125rem;
  font-weight: 600; white-space: nowrap; }
.critical { background: var(--critical); color: var(--critical-ink); }
.high { background: var(--high); color: var(--high-ink); }
.medium { background: var(--medium); color: var(--medium-ink); }
.low { background: var(--low); color: var(--low-ink); }
.info { background: var(--info); color: var(--info-ink); }
.counts { display: flex; flex-wrap: wrap; gap: 0.5rem; padding: 0; margin: 0; list-style: none; }
.findings { list-style: none; padding: 0; margin: 0; }
.findings > li { max-width: none; padding: 1.25rem 0 0.75rem; border-bottom: 1px solid var(--line); }
.findings h3 { display: grid; grid-template-columns: 6.5rem 1fr; gap: 1rem; align-items: baseline; }
.findings h3 .badge { justify-self: start; }
.findings .body { margin-left: 7.5rem; }
.card { padding: 1.5rem 0 0.5rem; border-bottom: 1px solid var(--line); }
.card header { display: flex; flex-wrap: wrap; gap: 0.125rem 1rem; align-items: baseline; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.375rem 0.75rem 0.375rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: normal; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 500; white-space: nowrap; }
tbody th { font-weight: 600; white-space: nowrap; }
.todo { font-weight: 600; }
td.text { min-width: 12rem; overflow-wrap: anywhere; }
.scroll.matrix svg { display: block; }
.matrix text { fill: var(--ink); font-size: 13px; }
.matrix .group { fill: var(--soft); font-size: 12px; }
.matrix .rule { stroke: var(--line); }
.matrix .column { stroke: var(--line); stroke-dasharray: 1 3; }
.matrix a { text-decoration: none; }
.glyph-ink { fill: var(--ink); }
.glyph-line { fill: none; stroke: var(--ink); stroke-width: 1.6; }
.glyph-soft { fill: none; stroke: var(--soft); stroke-width: 1.4; }
.glyph-mark { fill: none; stroke: var(--page); stroke-width: 2; }
.glyph-high { fill: var(--high); }
.glyph-medium { fill: var(--medium); stroke: var(--ink); stroke-width: 1; }
.glyph-critical { fill: var(--critical); }
.glyph-text { fill: var(--soft); font-size: 13px; text-anchor: middle; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0;
  font-size: 0.8125rem; color: var(--soft); }
.legend svg { width: 16px; height: 16px; vertical-align: -3px; margin-right: 0.25rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft);
  font-size: 0.8125rem; }
@media (max-width: 40rem) {
  body { padding: 1.5rem 1rem 3rem; }
  .findings h3 { grid-template-columns: 1fr; gap: 0.5rem; justify-items: start; }
  .findings .body { margin-left: 0; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.5rem; }
}
@media print {
  :root { ${LIGHT} }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  .badge, .matrix svg, .legend svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .findings > li, .card, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .scroll { overflow: visible; }
  a { color: inherit; text-decoration: none; }
}
@media (forced-colors: active) {
  .badge { border: 1px solid; }
  .glyph-ink, .glyph-high, .glyph-medium, .glyph-critical, .matrix text { fill: CanvasText; }
  .glyph-line, .glyph-soft { stroke: CanvasText; }
}
`;
