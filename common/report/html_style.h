/// The look of an HtmlPage.
#pragma once

namespace glassbox {

constexpr const char* kPageStyle = R"css(
:root { color-scheme: light dark; --paper: #f6f8fa; --sheet: #ffffff; --ink: #1f2328; --muted: #59636e;
  --line: #d9dee3; --accent: #0072b2; --shadow: 0 1px 2px rgba(31, 35, 40, .06); }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #0d1117; --sheet: #161b22; --ink: #e6edf3; --muted: #9aa4af; --line: #2b323b; --accent: #5cb3e8;
    --shadow: none; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "Segoe UI", "Noto Sans", Helvetica, "PingFang SC", "Microsoft YaHei",
  "Noto Sans CJK SC", sans-serif; }
/* The language switch: two buttons before everything else; what the other one would show is hidden. */
#language-en:checked ~ * [lang="zh"], #language-zh:checked ~ * [lang="en"] { display: none; }
body > input { margin: 1.1rem .35rem 0 .9rem; }
#language-en { margin-left: max(1.5rem, calc(50vw - 620px + 1.5rem)); }
body > label { font-size: .92rem; cursor: pointer; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem 1rem; background: var(--sheet); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
header, main { max-width: 1240px; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.25rem; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -.01em; overflow-wrap: anywhere; }
.subtitle { padding-right: 0; margin-top: .35rem; color: var(--muted); overflow-wrap: anywhere; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: .75rem; margin: 1.5rem 0 0; }
.card { padding: .8rem 1rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  box-shadow: var(--shadow); }
.card dt { color: var(--muted); font-size: .82rem; }
.card dd { margin: 0; overflow-wrap: anywhere; }
.card .value { font-size: 1.45rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.card small { display: block; line-height: 1.4; color: var(--muted); font-size: .82rem; }
nav { margin-top: 1.25rem; }
nav ol { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin: 0; padding: 0; list-style: none;
  font-size: .92rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
/* What is narrow (figures, tables) shares a row; everything else has its own. */
main, section { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
main { padding-top: 1.25rem; }
main > *, section > * { flex: 0 0 100%; min-width: 0; }
section { padding-bottom: 1.25rem; border-top: 1px solid var(--line); }
main .plot, main .scroll { flex: 0 1 auto; }
h2 { margin: 1.1rem 0 0; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover::after { content: " #"; color: var(--muted); }
p { margin: 0; padding-right: max(0px, 100% - 76ch); overflow-wrap: anywhere; }
figure { margin: 0; }
.plot { padding: .5rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  box-shadow: var(--shadow); width: fit-content; max-width: 100%; }
.plot svg { display: block; max-width: 100%; height: auto; }
figcaption, caption { color: var(--muted); font-size: .9rem; text-align: left; }
.plot figcaption { width: 0; min-width: 100%; padding: 0 1.15rem .5rem; }
.scroll { overflow-x: auto; width: fit-content; max-width: 100%; background: var(--sheet);
  border: 1px solid var(--line); border-radius: 10px; box-shadow: var(--shadow); }
table { border-collapse: collapse; font-size: .92rem; }
caption { padding: .6rem .9rem .2rem; }
h1, th, td, figcaption, summary { unicode-bidi: isolate; }
th, td { padding: .38rem .9rem; text-align: left; vertical-align: baseline; }
th { font-weight: 600; border-bottom: 1px solid var(--line); white-space: nowrap; }
tbody tr + tr td { border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: .75rem; margin: .6rem 0;
  padding: 0; list-style: none; }
.gallery li { padding: .6rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  font-size: .84rem; line-height: 1.4; box-shadow: var(--shadow); overflow-wrap: anywhere; break-inside: avoid; }
.gallery img { display: block; width: 100%; height: auto; max-height: 16rem; object-fit: contain; margin-bottom: .45rem;
  border-radius: 5px; background: var(--paper); }
.gallery .small { image-rendering: pixelated; }
.gallery div + div { color: var(--muted); }
.gallery div:first-of-type { font-weight: 600; }
/* 64 units on one screen. */
.dense { grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: .5rem; }
.dense li { padding: .35rem; font-size: .75rem; }
.smooth .small { image-rendering: auto; }
.large { grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); }
.stage { position: relative; width: fit-content; max-width: 100%; }
.stage .frame { display: block; max-width: 100%; height: auto; }
.stage .frame[hidden] { display: none; }
.stage svg { position: relative; }
.labels { padding: .25rem 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.controls { display: flex; gap: .8rem; align-items: center; padding: 0 1.15rem .6rem; }
.controls[hidden], .label[hidden] { display: none; }
.controls input { flex: 1; min-width: 8rem; accent-color: var(--accent); }
.controls button { padding: .25rem .8rem; font: inherit; color: var(--ink); background: var(--paper);
  border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.when-playing, .playing .when-paused { display: none; }
.playing .when-playing { display: inline; }
details { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  box-shadow: var(--shadow); }
summary { padding: .6rem 1rem; cursor: pointer; font-weight: 600; }
pre { margin: 0; padding: .25rem 1rem 1rem; overflow-x: auto; tab-size: 2;
  font: .85rem/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
footer { height: 3rem; }
@media print {
  body { font-size: 11pt; background: #fff; }
  nav, .skip, .controls, body > input, body > label { display: none; }
  .card, .plot, .scroll, .gallery li, details { box-shadow: none; break-inside: avoid; }
  h2 { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
)css";

}  // namespace glassbox
